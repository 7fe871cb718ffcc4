import io

import httpx
import pytest
from PIL import Image

from stand_in.photos.sample import sample_jpeg


def test_health_says_ok(client: httpx.Client) -> None:
    answer = client.get("/health")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nowhere", 404),
        ("GET", "/catalogue/boat-01.png", 404),
        ("GET", "/v2/image_search?key=index", 405),
        ("PATCH", "/_control/faults", 405),
    ],
)
def test_whatever_is_not_there_answers_in_the_error_shape(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, set(answer.json())) == (status, {"message", "errors", "trace_id"})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_image"),
        (b"text", "unsupported_image"),
        (bytes(6 * 1024 * 1024 + 1), "image_too_large"),
    ],
)
def test_a_bad_image_is_named_in_the_error(client: httpx.Client, body: bytes, code: str) -> None:
    answer = client.post("/v2/image_search?key=index", content=body)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"], error["source"]) == (400, code, "body")


def test_an_answer_is_compressed_for_who_takes_it(client: httpx.Client, blank: bytes) -> None:
    url = "/v2/image_search?key=index"
    encodings = [
        client.post(url, content=blank, headers={"Accept-Encoding": name}).headers.get(
            "content-encoding"
        )
        for name in ("gzip", "identity")
    ]
    assert encodings == ["gzip", None]


def test_a_product_has_a_picture_under_its_own_name_too(client: httpx.Client) -> None:
    named = client.get("/catalogue/mug-02.png").content
    coloured = client.get("/catalogue/mug-02-orange.png").content
    assert named == coloured


def test_the_sample_is_a_photo_of_a_red_shoe(client: httpx.Client) -> None:
    picture = client.get("/sample.jpg")
    found = client.post("/v2/image_search?key=index", content=picture.content).json()
    names = [result["value"] for result in found["response"]["results"][:2]]
    assert (picture.headers["content-type"], names) == (
        "image/jpeg",
        ["Harbor sneaker, red", "Mercer sneaker, red"],
    )


def test_the_sample_is_drawn_the_same_every_time() -> None:
    first = sample_jpeg()
    sample_jpeg.cache_clear()
    with Image.open(io.BytesIO(first)) as picture:
        assert (sample_jpeg(), picture.size) == (first, (900, 700))
