import pytest
from pydantic import SecretStr

from image_search.cache_key import cache_key
from image_search.credentials import Credentials


def key(query="us=a", sha256="a" * 64, index="key-1"):
    return cache_key(Credentials(key=SecretStr(index)), query, sha256)


def test_the_same_request_has_the_same_key():
    assert key() == key()


@pytest.mark.parametrize("other", [key("us=b"), key(sha256="b" * 64), key(index="key-2")])
def test_another_request_has_another_key(other):
    assert key() != other


def test_the_parts_cannot_run_into_each_other():
    assert key("us=a", "b") != key("us=a%0Ab", "")
