import pytest

from image_search.settings import CacheScope, InvalidSettings, Settings

REQUIRED = {
    "CACHE_TABLE": "t",
    "UPLOADS_BUCKET": "b",
    "CREDENTIALS_SECRET_ARN": "arn",
    "CLIENT_ID": "cio-be-lambda-acme",
}


def test_what_is_not_set_has_the_documented_default():
    assert Settings.from_environment(REQUIRED) == Settings(
        CACHE_TABLE="t",
        UPLOADS_BUCKET="b",
        CREDENTIALS_SECRET_ARN="arn",
        CLIENT_ID="cio-be-lambda-acme",
        CACHE_TTL_SECONDS=3600,
        STALE_IF_ERROR_SECONDS=86400,
        SEARCHES_PER_MINUTE=60,
        SEARCHES_PER_DAY=2000,
        UPSTREAM_CALLS_PER_DAY=1_000_000,
        CACHE_SCOPE=CacheScope.SHARED,
        ALLOWED_BUCKETS=frozenset(),
        ALLOWED_FMT_OPTIONS=frozenset(),
        ALLOW_CACHE_BYPASS=False,
        MAX_IMAGE_BYTES=20_000_000,
        MAX_IMAGE_PIXELS=50_000_000,
        MAX_IMAGE_FRAMES=500,
        MAX_IMAGE_SIDE=2048,
        SHRINK_LARGE_IMAGES=False,
        UPSTREAM_URL="https://image-search.cnstrc.com",
        UPSTREAM_TIMEOUT_SECONDS=20,
    )


def test_lists_are_separated_by_commas():
    settings = Settings.from_environment({**REQUIRED, "ALLOWED_BUCKETS": "one, two,"})
    assert settings.allowed_buckets == {"one", "two"}


@pytest.mark.parametrize("name", sorted(REQUIRED))
def test_a_missing_variable_is_named(name):
    with pytest.raises(InvalidSettings, match=f"^{name}: "):
        Settings.from_environment({k: v for k, v in REQUIRED.items() if k != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CACHE_TTL_SECONDS", "0"),
        ("CACHE_TTL_SECONDS", "an hour"),
        ("STALE_IF_ERROR_SECONDS", "-1"),
        ("SEARCHES_PER_MINUTE", "0"),
        ("UPSTREAM_CALLS_PER_DAY", "0"),
        ("CACHE_SCOPE", "public"),
        ("MAX_IMAGE_PIXELS", "-1"),
        ("SHRINK_LARGE_IMAGES", "perhaps"),
        ("UPSTREAM_URL", "image-search.test"),
        ("UPSTREAM_URL", "https://image-search.test/"),
        ("UPSTREAM_TIMEOUT_SECONDS", "26"),
        ("CLIENT_ID", "cio-js-1"),
        ("ALLOWED_FMT_OPTIONS", "fields"),
    ],
)
def test_a_wrong_variable_is_named_without_its_value(name, value):
    with pytest.raises(InvalidSettings, match=f"^{name}: "):
        Settings.from_environment({**REQUIRED, name: value})
