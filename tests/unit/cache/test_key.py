import pytest
from pydantic import SecretStr

from image_search.cache.key import cache_key, image_part
from image_search.credentials.secret import Credentials


def key(query="us=a", sha256="a" * 64, index="key-1", generation="0"):
    return cache_key(Credentials(key=SecretStr(index)), generation, query, sha256)


def test_the_same_request_has_the_same_key():
    assert key() == key()


@pytest.mark.parametrize(
    "other", [key("us=b"), key(sha256="b" * 64), key(index="key-2"), key(generation="1")]
)
def test_another_request_has_another_key(other):
    assert key() != other


def test_the_parts_cannot_run_into_each_other():
    """The part of the image apart, which stands before the point and tells images apart, too."""
    asked = [key(*parts).partition(".")[2] for parts in (("us=a", "b"), ("us=ab", ""))]
    generations = [key("1us", generation="1"), key("us", generation="11")]
    assert (asked[0] != asked[1], generations[0] != generations[1]) == (True, True)


def test_the_answers_for_an_image_have_one_beginning_and_those_for_others_another():
    credentials = Credentials(key=SecretStr("key-1"))
    beginning = image_part(credentials, "a" * 64)
    starts = [
        name.startswith(f"{beginning}.") for name in (key(), key("us=b"), key(sha256="b" * 64))
    ]
    assert starts == [True, True, False]


def test_every_deployed_version_finds_the_answers_of_this_one():
    """Other digits would be another key: then ``SCHEMA_VERSION`` is counted up, on purpose."""
    assert key("us=a", generation="7") == (
        "6c9eb0114dd6bb9073e2a5306a62bbb3."
        "922566520b7e45a95f2bddeb574d459bbbc114ae20081095d9b03890a698ced0"
    )


def test_an_images_part_is_the_first_128_bits_of_its_name_under_the_index_key():
    assert (
        image_part(Credentials(key=SecretStr("key-1")), "a" * 64)
        == "6c9eb0114dd6bb9073e2a5306a62bbb3"
    )
