"""Each case is a sentence of AWS's page on CORS for HTTP APIs."""

import pytest

from gateway.cors import preflight, response_headers

ANY = {"allowOrigins": ["*"], "allowMethods": ["GET", "POST"], "allowHeaders": ["authorization"]}
ONE = {"allowOrigins": ["https://Shop.test"], "allowCredentials": True, "maxAge": 0}
ASKED = {"origin": "https://shop.test", "access-control-request-method": "POST"}


def test_a_preflight_learns_all_that_is_allowed():
    assert preflight(ANY | {"maxAge": 300, "exposeHeaders": ["etag"]}, ASKED) == (
        204,
        {
            "access-control-allow-origin": "*",
            "access-control-allow-methods": "GET,POST",
            "access-control-allow-headers": "authorization",
            "access-control-max-age": "300",
        },
        b"",
    )


def test_one_origin_is_named_as_the_page_named_it():
    assert preflight(ONE, ASKED) == (
        204,
        {
            "access-control-allow-origin": "https://shop.test",
            "access-control-allow-credentials": "true",
            "access-control-max-age": "0",
        },
        b"",
    )


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://shop.test"},
        {"access-control-request-method": "POST"},
        ASKED | {"origin": "https://elsewhere.test"},
    ],
)
def test_what_is_no_preflight_of_an_allowed_origin_learns_nothing(headers):
    assert preflight(ONE, headers) == (204, {}, b"")


def test_without_an_origin_nothing_is_added():
    assert response_headers(ANY | {"exposeHeaders": ["etag"]}, {}) == {}


def test_a_page_may_read_what_is_exposed():
    assert response_headers(ANY | {"exposeHeaders": ["etag", "age"]}, ASKED) == {
        "access-control-allow-origin": "*",
        "access-control-expose-headers": "etag,age",
    }
