"""Whatever a client sends gets an answer of the contract: never a 500, never a stack trace."""

import json

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from wire import JPEG, http_event

latin = st.text(st.characters(max_codepoint=255), max_size=80)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)
references = st.dictionaries(st.sampled_from(["image", "s3_uri", "sha256", "size"]), json_values)
bodies = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=50).map(lambda rest: JPEG + rest),
    (json_values | references).map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=80).map(
        lambda rest: b'--X\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n' + rest
    ),
)
content_types = st.one_of(
    st.sampled_from(
        ["", "application/json", "image/jpeg", "multipart/form-data; boundary=X", "text/plain"]
    ),
    latin,
)
paths = st.one_of(
    st.sampled_from(["/v2/image_search", "/v2/uploads", "/health", "/v2/image_search/" + "a" * 64]),
    st.text(max_size=30).map(lambda name: f"/v2/image_search/{name}"),
)
headers = st.fixed_dictionaries(
    {"content-type": content_types},
    optional={
        name: latin | st.sampled_from(["*", "no-cache", "only-if-cached", "gzip;q=0", "max-age=1"])
        for name in ("accept-encoding", "cache-control", "if-none-match", "user-agent")
    },
)
queries = st.text(max_size=80) | st.sampled_from(["us=a", "use_segmentation=true", "s=0"])


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["GET", "POST", "HEAD"]), paths, queries, headers, bodies)
@example("POST", "/v2/image_search", "", {"content-type": "application/json"}, b"[" * 100_000)
@example("POST", "/v2/image_search", "", {"content-type": "multipart/form-data"}, b"--")
@example("POST", "/v2/uploads", "", {"content-type": ""}, b"")
def test_any_request_is_answered_by_the_contract(proxy, method, path, query, headers, body):
    event = http_event(method, path, query, headers, b"")
    event["body"], event["isBase64Encoded"] = _as_the_gateway_would(body)
    reply = proxy.send(event)
    assert reply.status < 500 or reply.code == "not_cached"
    if reply.status >= 400:
        assert set(reply.json) >= {"message", "errors", "trace_id"}


def _as_the_gateway_would(body):
    try:
        return body.decode(), False
    except UnicodeDecodeError:
        return http_event("POST", "/", "", {}, body)["body"], True
