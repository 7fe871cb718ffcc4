import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.http import parse_cache_control_header, quote_header_value

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
        ("max-age=60, max-age=90", RequestCacheControl(max_age=60)),
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


tokens = st.text(st.sampled_from("abcdefgh-!#$*"), min_size=1, max_size=8)
arguments = st.none() | tokens | st.text(st.sampled_from('a ,;="\\-'), max_size=8)
directives = st.dictionaries(
    tokens | st.sampled_from(["no-cache", "no-store", "only-if-cached"]), arguments, max_size=5
)


@given(directives)
def test_a_header_that_a_library_writes_is_read_as_it_was_meant(meant):
    """Of any two libraries, what one dumps the other reads: here werkzeug's quoting."""
    header = ", ".join(
        name if argument is None else f"{name}={quote_header_value(argument)}"
        for name, argument in meant.items()
    )
    assert parse(header) == RequestCacheControl(
        no_cache="no-cache" in meant,
        no_store="no-store" in meant,
        only_if_cached="only-if-cached" in meant,
    )


@given(st.integers(1, 10**9), st.sampled_from(["max-age={}", 'max-age="{}"', "x, MAX-AGE={} ,y"]))
def test_a_max_age_is_read_as_werkzeug_reads_it(seconds, header):
    text = header.format(seconds)
    expected = parse_cache_control_header(text.lower()).max_age
    assert parse(text).max_age == expected == seconds


@pytest.mark.parametrize(
    "header",
    [
        'a="no-store, b',
        'a="\\", no-store, b"',
        'a="\\\\\\", no-store"',
        "no store",
        "no-store;",
        '"no-store"',
        "=no-store",
        "no-storé",
        "max-age =60",
        "max-age= 60",
        'max-age="60',
        "max-age=60;",
        ",;=",
        "a" * 9000 + ";",
    ],
)
def test_what_is_malformed_has_no_effect(header):
    assert parse(header) == RequestCacheControl()


@pytest.mark.parametrize(
    "header", ["a=b;, no-store", "aaaa;,no-store", ",,no-store,,", "a=,no-store"]
)
def test_what_is_malformed_takes_no_other_directive_with_it(header):
    assert parse(header) == RequestCacheControl(no_store=True)
