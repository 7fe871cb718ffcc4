from gateway.event import completed

EVENT = {
    "headers": {"host": "api.test", "connection": "close", "te": "trailers"},
    "requestContext": {"requestId": "emulated", "http": {"sourceIp": "203.0.113.9"}},
}


def with_headers(**headers):
    return EVENT | {"headers": {name.replace("_", "-"): text for name, text in headers.items()}}


def test_the_gateway_says_who_called_and_drops_what_concerns_the_connection():
    assert completed(EVENT, "JKJaXmPLvHcESHA=", "4566") == {
        "headers": {
            "host": "api.test",
            "x-forwarded-for": "203.0.113.9",
            "x-forwarded-port": "4566",
            "x-forwarded-proto": "http",
        },
        "requestContext": {"requestId": "JKJaXmPLvHcESHA=", "http": {"sourceIp": "203.0.113.9"}},
    }


def test_the_address_that_it_saw_is_the_last():
    made = completed(with_headers(x_forwarded_for="198.51.100.7"), "", "80")
    assert made["headers"]["x-forwarded-for"] == "198.51.100.7, 203.0.113.9"


def test_cookies_are_apart():
    made = completed(with_headers(cookie="a=1; b=2"), "", "80")
    assert (made["cookies"], "cookie" in made["headers"]) == (["a=1", "b=2"], False)


def test_the_emulators_event_stays_as_it_is():
    completed(EVENT, "another", "80")
    assert str(EVENT["requestContext"]).startswith("{'requestId': 'emulated'")
