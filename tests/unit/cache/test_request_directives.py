import pytest

from image_search.cache.request_directives import RequestCacheControl


def parse(header, allow_bypass=True):
    return RequestCacheControl.parse(header, allow_bypass=allow_bypass)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("", RequestCacheControl()),
        ("no-cache", RequestCacheControl(no_cache=True)),
        ("No-Store", RequestCacheControl(no_store=True)),
        ("max-age=60", RequestCacheControl(max_age=60)),
        ('max-age="60"', RequestCacheControl(max_age=60)),
        ("max-age=0", RequestCacheControl(no_cache=True)),
        (
            "max-age=60 , only-if-cached",
            RequestCacheControl(only_if_cached=True, max_age=60),
        ),
        ('x="no-cache", no-store', RequestCacheControl(no_store=True)),
        ("max-age=" + "9" * 5000, RequestCacheControl(max_age=9_999_999_999)),
    ],
)
def test_directives_are_read(header, expected):
    assert parse(header) == expected


@pytest.mark.parametrize(
    "header", ["max-age", "max-age=", "max-age=-1", "max-age=1.5", "max-age=x"]
)
def test_a_malformed_max_age_has_no_effect(header):
    assert parse(header) == RequestCacheControl()


@pytest.mark.parametrize("header", ["no-cache", "no-store", "max-age=0"])
def test_going_past_the_cache_is_the_deployments_to_allow(header):
    assert parse(header, allow_bypass=False) == RequestCacheControl()


@pytest.mark.parametrize(("age", "accepted"), [(59, True), (60, True), (61, False)])
def test_an_answer_as_old_as_max_age_will_do(age, accepted):
    assert parse("max-age=60").accepts(age) == accepted


def test_a_max_age_without_a_value_is_none_even_beside_others():
    assert parse("max-age, no-store") == RequestCacheControl(no_store=True)


@pytest.mark.parametrize(
    ("directives", "skips"),
    [
        (RequestCacheControl(), False),
        (RequestCacheControl(no_cache=True), True),
        (RequestCacheControl(no_store=True), True),
        (RequestCacheControl(only_if_cached=True, max_age=1), False),
    ],
)
def test_no_cache_and_no_store_go_past_what_is_stored(directives, skips):
    assert directives.skips_lookup is skips


def test_any_age_will_do_without_a_max_age():
    assert RequestCacheControl().accepts(10**9)


def test_a_max_age_of_nothing_is_no_bound_where_it_may_not_go_past_the_cache():
    assert parse("max-age=0", allow_bypass=False).accepts(10**9)


@pytest.mark.parametrize("digits", ["٣", "²"])
def test_only_ascii_digits_are_seconds(digits):
    assert parse(f"max-age={digits}") == RequestCacheControl()


def test_of_a_long_number_the_first_ten_digits_count():
    assert parse("max-age=12345678901") == RequestCacheControl(max_age=1_234_567_890)
