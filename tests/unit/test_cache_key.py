import pytest
from pydantic import SecretStr

from image_search.cache_key import cache_key, image_part
from image_search.credentials import Credentials


def key(query="us=a", sha256="a" * 64, index="key-1", epoch=0):
    return cache_key(Credentials(key=SecretStr(index)), epoch, query, sha256)


def test_the_same_request_has_the_same_key():
    assert key() == key()


@pytest.mark.parametrize(
    "other", [key("us=b"), key(sha256="b" * 64), key(index="key-2"), key(epoch=1)]
)
def test_another_request_has_another_key(other):
    assert key() != other


def test_the_parts_cannot_run_into_each_other():
    """The part of the image apart, which stands before the point and tells images apart, too."""
    asked = [key(*parts).partition(".")[2] for parts in (("us=a", "b"), ("us=ab", ""))]
    epochs = [key("1us", epoch=1), key("us", epoch=11)]
    assert (asked[0] != asked[1], epochs[0] != epochs[1]) == (True, True)


def test_the_answers_for_an_image_have_one_beginning_and_those_for_others_another():
    credentials = Credentials(key=SecretStr("key-1"))
    beginning = image_part(credentials, "a" * 64)
    starts = [
        name.startswith(f"{beginning}.") for name in (key(), key("us=b"), key(sha256="b" * 64))
    ]
    assert starts == [True, True, False]
