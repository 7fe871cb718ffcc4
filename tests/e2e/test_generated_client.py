"""A client that a maintained generator makes of `/openapi.json` searches the local stack."""

from __future__ import annotations

import hashlib
import importlib
import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest

from e2e.conftest import LocalStack


@pytest.fixture(scope="module")
def generated(
    stack: LocalStack, client: httpx.Client, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[str], Any]]:
    """Imports a module of the generated package by its name."""
    directory = tmp_path_factory.mktemp("generated")
    document = directory / "openapi.json"
    document.write_bytes(client.get(f"{stack.endpoint}/openapi.json").raise_for_status().content)
    settings = directory / "settings.json"
    settings.write_text(json.dumps({"package_name_override": "photo_search", "post_hooks": []}))
    words = ["generate", f"--path={document}", f"--config={settings}", "--meta=none"]
    subprocess.run(
        [Path(sys.executable).with_name("openapi-python-client"), *words],
        cwd=directory,
        check=True,
        capture_output=True,
    )
    sys.path.insert(0, str(directory))
    yield lambda name: importlib.import_module(f"photo_search.{name}")
    sys.path.remove(str(directory))


@pytest.fixture
def api(stack: LocalStack, generated: Callable[[str], Any]) -> Iterator[Any]:
    """The generated client, with the local stack for a server."""
    options = {"trust_env": False}
    with generated("client").Client(
        stack.endpoint, timeout=httpx.Timeout(120), httpx_args=options
    ) as connected:
        yield connected


def ids(answer: Any) -> list[str]:
    return [result.data.id for result in answer.response.results]


def test_bytes_and_json_get_the_same_typed_answer(
    generated: Callable[[str], Any], api: Any, photo: bytes
) -> None:
    search = generated("api.default.search_by_image")
    file = generated("types").File(BytesIO(photo))
    inline = generated("models").InlineImage(b64encode(photo).decode())
    sent_as_bytes = search.sync(client=api, body=file)
    sent_as_json = search.sync(client=api, body=inline)
    assert (type(sent_as_bytes).__name__, sent_as_bytes) == ("SearchAnswer", sent_as_json)
    assert ids(sent_as_bytes)


def test_a_form_with_a_file_is_the_same_search(
    generated: Callable[[str], Any], api: Any, photo: bytes
) -> None:
    search = generated("api.default.search_by_image")
    file = generated("types").File(BytesIO(photo), "photo.jpg", "image/jpeg")
    form = generated("models").SearchByImageFilesBody(file)
    search.sync(client=api, body=generated("types").File(BytesIO(photo)))
    response = search.sync_detailed(client=api, body=form)
    assert (response.status_code, response.headers["Cache-Status"].split("; ")[1]) == (200, "hit")


def test_parameters_take_effect_and_boxes_are_typed(
    generated: Callable[[str], Any], api: Any, photo: bytes
) -> None:
    answer = generated("api.default.search_by_image").sync(
        client=api,
        body=generated("types").File(BytesIO(photo)),
        use_segmentation=True,
        return_segments=True,
        fmt_optionsfields=["color"],
    )
    assert answer.segmentation_used
    assert {type(segment.x1) for segment in answer.segments} == {int}
    assert {"color"} <= set(answer.response.results[0].data.additional_properties)


def test_an_unknown_photo_is_offered_an_upload_and_then_found(
    generated: Callable[[str], Any], api: Any, client: httpx.Client, photo: bytes
) -> None:
    sha256 = hashlib.sha256(photo).hexdigest()
    search = generated("api.default.search_by_hash")
    form = search.sync(sha256, client=api).upload
    stored = client.post(form.url, data=form.fields.to_dict(), files={"file": photo})
    assert stored.status_code == 204
    assert ids(search.sync(sha256, client=api))


def test_an_error_is_typed_too(generated: Callable[[str], Any], api: Any, photo: bytes) -> None:
    error = generated("api.default.search_by_image").sync(
        client=api, body=generated("types").File(BytesIO(photo)), s=0
    )
    assert [(one.code, one.source) for one in error.errors] == [("invalid_parameter", "s")]
