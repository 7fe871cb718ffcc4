"""What schemathesis must be told, because OpenAPI cannot say it or schemathesis does not read it.

No check is switched off here: a hook either makes better requests or names one known answer.
"""

import base64
import json
from io import BytesIO
from typing import Any

import schemathesis
from hypothesis import strategies as st
from PIL import Image

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}
"""The formats that ``image/*`` stands for."""

SITE = "uk"
"""One that the tested deployment has."""
OPERATORS = [f"#/components/schemas/{name}" for name in ("AllOf", "AnyOf", "NoneOf")]


def _picture(format_name: str, color: tuple[int, int, int]) -> bytes:
    file = BytesIO()
    Image.new("RGB", (24, 24), color).save(file, format_name)
    return file.getvalue()


def _pictures(format_name: str) -> st.SearchStrategy[bytes]:
    """Few enough that some are searched again: hits are part of the contract."""
    reds = [(level, 60, 60) for level in (20, 120, 220)]
    return st.sampled_from([_picture(format_name, red) for red in reds])


PICTURES = st.one_of([_pictures(name) for name in FORMATS.values()])
BASE64 = PICTURES.map(lambda content: base64.b64encode(content).decode())

# A schema can say "bytes", but not "bytes of a picture": others are 415, and rightly so.
for media_type, format_name in FORMATS.items():
    schemathesis.openapi.media_type(media_type, _pictures(format_name))
schemathesis.openapi.media_type("application/octet-stream", PICTURES)
schemathesis.openapi.format(
    "picture", st.one_of(BASE64, BASE64.map(lambda text: f"data:image/png;base64,{text}"))
)


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Says the same in words that schemathesis knows."""
    components = raw_schema["components"]
    components["schemas"]["InlineImage"]["properties"]["image"]["format"] = "picture"
    for name in OPERATORS:
        _without_operators(components["schemas"][name.rpartition("/")[2]])
    for parameter in components["parameters"].values():
        _json_parameter(parameter)
    # Which sites there are is the deployment's to know.
    components["parameters"]["site"]["schema"] = {"type": "string", "enum": [SITE]}
    found = raw_schema["paths"]["/v2/image_search"]["post"]["responses"]["200"]
    found["links"] = {
        operation: {
            "operationId": operation,
            "parameters": {"sha256": "$response.header.Content-Location#regex:/([0-9a-f]+)"},
        }
        for operation in ("searchByHash", "headByHash")
    }


def _json_parameter(parameter: dict[str, Any]) -> None:
    """``contentSchema`` is for people and generators; schemathesis wants the older ``content``."""
    schema = parameter["schema"].pop("contentSchema", None)
    if schema is None:
        return
    del parameter["schema"]
    parameter["content"] = {"application/json": {"schema": schema}}
    parameter["example"] = json.loads(parameter["example"])


def _without_operators(schema: Any) -> None:
    """Filters nest one level deep here: the coverage phase does not come to an end otherwise."""
    if isinstance(schema, dict):
        if "oneOf" in schema:
            schema["oneOf"] = [
                kind for kind in schema["oneOf"] if kind.get("$ref") not in OPERATORS
            ]
        schema = list(schema.values())
    for part in schema if isinstance(schema, list) else ():
        _without_operators(part)


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """What the gateway answers before there is a request for us.

    Routes and methods that the template does not name are 404, never 405; a URL that is longer
    than it takes (10,240 bytes with the headers) is 431.
    """
    if response.status_code == 431:
        return False
    gateway = response.status_code == 404 and response.json() == {"message": "Not Found"}
    return not (gateway and type(failure).__name__ == "UnsupportedMethodResponse")
