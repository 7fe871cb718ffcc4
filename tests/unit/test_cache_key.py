import pytest
from pydantic import SecretStr

from image_search.cache_key import cache_key
from image_search.credentials import Credentials
from image_search.parameters import SearchParameters
from image_search.settings import CacheScope


def key(query="", scope=CacheScope.SHARED, index="key-1", sha256="a" * 64):
    credentials = Credentials(key=SecretStr(index))
    return cache_key(credentials, SearchParameters.parse(query), sha256, scope)


def test_the_same_request_has_the_same_key():
    assert key("us=a&section=B") == key("section=B&us=a")


@pytest.mark.parametrize(
    "other", [key("us=a"), key(index="key-2"), key(sha256="b" * 64), key(scope=CacheScope.USER)]
)
def test_another_request_has_another_key(other):
    assert key() != other


def test_a_shared_key_does_not_depend_on_who_asks():
    assert key("i=d&s=1&ui=u") == key("i=e")


def test_a_users_key_depends_on_who_asks():
    keys = {key(query, CacheScope.USER) for query in ("", "i=d", "ui=d", "i=d&s=1", "i=d&s=2")}
    assert len(keys) == 5
