"""What docs/mobile.md tells a phone to do, done with an HTTP client and a hash function alone."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from e2e.conftest import LocalStack

pytestmark = pytest.mark.usefixtures("without_prefetch")

BIG_BYTES = 5_900_000


@dataclass(frozen=True)
class Exchange:
    """One request of a phone: its method, whether its body holds an image, the status it got."""

    method: str
    sends_image: bool
    status: int


class Phone:
    """Searches as the page says, and remembers what went over the wire."""

    def __init__(self, http: httpx.Client, search_url: str) -> None:
        self._http = http
        self._search_url = search_url
        self.exchanges: list[Exchange] = []

    def search(self, photo: bytes) -> httpx.Response:
        """GET; when there is a form, upload and GET once more; nothing else."""
        answer = self.get(photo)
        form = answer.json().get("upload") if answer.status_code == 404 else None
        if form is None:
            return answer
        self.upload(form, photo)
        return self.get(photo)

    def get(self, photo: bytes) -> httpx.Response:
        return self.send("GET", f"{self._search_url}/{hashlib.sha256(photo).hexdigest()}", photo)

    def upload(self, form: dict[str, Any], photo: bytes) -> httpx.Response:
        files = {"file": ("photo", photo, "application/octet-stream")}
        return self.send("POST", form["url"], photo, data=form["fields"], files=files)

    def send(self, method: str, url: str, photo: bytes, **body: Any) -> httpx.Response:
        request = self._http.build_request(method, url, **body)
        sends_image = photo in request.read()
        answer = self._http.send(request)
        self.exchanges.append(Exchange(method, sends_image, answer.status_code))
        return answer


@pytest.fixture
def phone(stack: LocalStack, client: httpx.Client) -> Phone:
    return Phone(client, stack.search_url)


@pytest.fixture
def big_photo(photo: bytes) -> bytes:
    """5.9 MB: a JPEG may be followed by any bytes."""
    return photo.ljust(BIG_BYTES, b"\0")


def searched(stack: LocalStack, client: httpx.Client) -> list[str]:
    """The SHA-256 of every image that upstream received."""
    requests = client.get(f"{stack.upstream}/_control/requests").json()
    return [request["body_sha256"] for request in requests]


def name_of(photo: bytes) -> str:
    return hashlib.sha256(photo).hexdigest()


def code_of(answer: httpx.Response) -> str:
    (error,) = answer.json()["errors"]
    return str(error["code"])


def outcome(answer: httpx.Response) -> str:
    return answer.headers["Cache-Status"].split("; ")[1]


def test_a_new_photo_is_uploaded_with_the_form_of_the_404(
    stack: LocalStack, client: httpx.Client, phone: Phone, photo: bytes
) -> None:
    phone.search(photo)
    assert (phone.exchanges, searched(stack, client)) == (
        [
            Exchange("GET", sends_image=False, status=404),
            Exchange("POST", sends_image=True, status=204),
            Exchange("GET", sends_image=False, status=200),
        ],
        [name_of(photo)],
    )


def test_the_answer_is_the_one_a_post_of_the_photo_gets(
    stack: LocalStack, client: httpx.Client, phone: Phone, photo: bytes
) -> None:
    found = phone.search(photo)
    posted = client.post(stack.search_url, content=photo)
    assert (outcome(found), outcome(posted), found.json()) == ("fwd=miss", "hit", posted.json())


def test_a_second_phone_sends_no_image_byte(
    stack: LocalStack, client: httpx.Client, phone: Phone, photo: bytes
) -> None:
    phone.search(photo)
    second = Phone(client, stack.search_url)
    answer = second.search(photo)
    assert (second.exchanges, outcome(answer), searched(stack, client)) == (
        [Exchange("GET", sends_image=False, status=200)],
        "hit",
        [name_of(photo)],
    )


def test_other_parameters_search_the_uploaded_photo_again(
    stack: LocalStack, client: httpx.Client, phone: Phone, photo: bytes
) -> None:
    phone.search(photo)
    query = {"use_segmentation": "true", "return_segments": "true"}
    answer = client.get(f"{stack.search_url}/{name_of(photo)}", params=query)
    assert (outcome(answer), bool(answer.json()["segments"])) == ("fwd=miss", True)


def test_a_photo_too_large_for_a_request_is_searched_through_an_upload(
    stack: LocalStack, client: httpx.Client, phone: Phone, big_photo: bytes
) -> None:
    answer = phone.search(big_photo)
    assert (answer.status_code, len(searched(stack, client))) == (200, 1)


def test_a_wrong_file_under_a_form_is_never_searched(
    stack: LocalStack, client: httpx.Client, phone: Phone, photo: bytes, sample_photo: bytes
) -> None:
    form = phone.get(photo).json()["upload"]
    uploaded = phone.upload(form, sample_photo)
    answer = phone.get(photo)
    # S3 would refuse the file by the form's checksum, which the emulator does not compare: here the
    # proxy's own check on reading is all there is.
    assert (
        uploaded.status_code,
        answer.status_code,
        code_of(answer),
        searched(stack, client),
    ) == (204, 422, "corrupt_image", [])


def test_bytes_that_are_not_those_of_their_name_are_refused_on_reading(
    stack: LocalStack, client: httpx.Client, phone: Phone, photo: bytes, sample_photo: bytes
) -> None:
    key = f"uploads/{name_of(photo)}"
    stack.s3.put_object(Bucket=stack.bucket, Key=key, Body=sample_photo)
    answer = phone.get(photo)
    assert (answer.status_code, code_of(answer), searched(stack, client)) == (
        422,
        "corrupt_image",
        [],
    )


def test_a_form_takes_no_file_of_another_size(
    stack: LocalStack, client: httpx.Client, phone: Phone, photo: bytes
) -> None:
    asked = {"sha256": name_of(photo), "content_type": "image/jpeg", "size": len(photo) + 1}
    offer = client.post(f"{stack.endpoint}/v2/uploads", json=asked).json()
    assert phone.upload(offer["upload"], photo).status_code == 400


def test_what_is_uploaded_is_not_asked_for_again(
    stack: LocalStack, client: httpx.Client, phone: Phone, photo: bytes
) -> None:
    url = f"{stack.endpoint}/v2/uploads"
    asked = {"sha256": name_of(photo), "content_type": "image/jpeg", "size": len(photo)}
    first = client.post(url, json=asked).json()
    uploaded = phone.upload(first["upload"], photo)
    second = client.post(url, json=asked).json()
    assert (first["already_uploaded"], uploaded.status_code, second) == (
        False,
        204,
        {"already_uploaded": True},
    )


def test_a_phone_that_has_the_answer_gets_no_body(
    stack: LocalStack, client: httpx.Client, phone: Phone, photo: bytes
) -> None:
    tag = phone.search(photo).headers["ETag"]
    url = f"{stack.search_url}/{name_of(photo)}"
    again = client.get(url, headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
