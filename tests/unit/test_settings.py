import pytest

from image_search.settings import MEMORY_MEGABYTES, InvalidSettings, Settings

REQUIRED = {
    "CACHE_TABLE": "t",
    "UPLOADS_BUCKET": "b",
    "CREDENTIALS_SECRET_ARN": "arn",
    "CLIENT_ID": "cio-be-lambda-acme",
}


def test_what_is_not_set_has_its_default():
    assert Settings.from_environment(REQUIRED).model_dump() == {
        "cache_table": "t",
        "cache_ttl_seconds": 3600,
        "stale_if_error_seconds": 86_400,
        "cache_scope": "shared",
        "allow_cache_bypass": False,
        "searches_per_minute": 60,
        "searches_per_day": 2000,
        "server_searches_per_minute": 3000,
        "server_searches_per_day": 500_000,
        "upstream_calls_per_day": 1_000_000,
        "uploads_bucket": "b",
        "allowed_buckets": frozenset(),
        "allowed_fmt_options": frozenset(),
        "max_image_bytes": 20_000_000,
        "max_image_pixels": 50_000_000,
        "max_image_frames": 500,
        "max_image_side": 2048,
        "shrink_large_images": False,
        "delete_searched_uploads": False,
        "aws_lambda_function_memory_size": 768,
        "credentials_secret_arn": "arn",
        "upstream_url": "https://image-search.cnstrc.com",
        "upstream_timeout_seconds": 20.0,
        "refresh_function": "",
        "require_api_key": False,
        "cache_generation": 0,
        "client_id": "cio-be-lambda-acme",
    }


def test_the_template_has_the_same_defaults(template):
    """So that what it says of each holds for the function, too."""
    parameters = template["Parameters"]
    function = template["Resources"]["SearchFunction"]["Properties"]
    named = {
        variable: value["Ref"]
        for variable, value in function["Environment"]["Variables"].items()
        if isinstance(value, dict) and "Default" in parameters.get(value.get("Ref"), {})
    }
    given = {variable: str(parameters[name]["Default"]) for variable, name in named.items()}
    assert Settings.from_environment({**given, **REQUIRED}) == Settings.from_environment(REQUIRED)
    assert {name.upper() for name in Settings.model_fields} - set(given) == {
        *REQUIRED,
        "REFRESH_FUNCTION",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",  # Lambda's own
    }


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


def test_memory_is_that_of_the_template_where_lambda_does_not_say(template):
    assert template["Parameters"]["MemorySize"]["Default"] == MEMORY_MEGABYTES
