"""An upload is searched before the phone asks: S3's event, the function and the cache together."""

from __future__ import annotations

import hashlib
import time
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from e2e.conftest import LocalStack

PATIENCE_SECONDS = 15
"""For S3's event, a cold start and the emulator's tries, which are a second or two apart."""


class Phone:
    """Asks by the image's hash, as a segment of its own, by which its searches can be told."""

    def __init__(self, http: httpx.Client, stack: LocalStack, photo: bytes) -> None:
        self._http = http
        self._stack = stack
        self._photo = photo
        self.segment = uuid.uuid4().hex
        self._query = f"us={self.segment}&fmt_options[fields]=price&i=my-phone&s=3"

    @property
    def searches(self) -> list[dict[str, Any]]:
        """What the vendor received for it: other tests' uploads may still be searched."""
        requests = self._http.get(f"{self._stack.upstream}/_control/requests").json()
        return [one for one in requests if ["us", self.segment] in one["query"]]

    def get(self, cache_control: str = "") -> httpx.Response:
        url = f"{self._stack.search_url}/{self.name}?{self._query}"
        return self._http.get(url, headers={"Cache-Control": cache_control})

    def ask_for_a_form(self) -> dict[str, Any]:
        asked = {"sha256": self.name, "content_type": "image/jpeg", "size": len(self._photo)}
        url = f"{self._stack.endpoint}/v2/uploads?{self._query}"
        return dict(self._http.post(url, json=asked).json()["upload"])

    @property
    def name(self) -> str:
        return hashlib.sha256(self._photo).hexdigest()

    def upload(self, form: dict[str, Any]) -> int:
        file = {"file": self._photo}
        return self._http.post(form["url"], data=form["fields"], files=file).status_code

    def upload_and_wait(self, form: dict[str, Any]) -> None:
        """Until the answer is in the cache."""
        assert self.upload(form) == 204
        wait_until(lambda: self.get("only-if-cached").status_code == 200)


@pytest.fixture
def phone(stack: LocalStack, client: httpx.Client, photo: bytes) -> Phone:
    return Phone(client, stack, photo)


def wait_until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def fail(stack: LocalStack, client: httpx.Client, times: int) -> None:
    fault = {"status": 500, "times": times}
    client.post(f"{stack.upstream}/_control/faults", json=fault).raise_for_status()


def test_the_get_after_an_upload_is_a_hit_and_no_second_search(phone: Phone) -> None:
    phone.upload_and_wait(phone.get().json()["upload"])
    answer = phone.get()
    assert (answer.status_code, "hit" in answer.headers["Cache-Status"]) == (200, True)
    assert len(phone.searches) == 1


def test_an_upload_that_was_asked_for_first_is_searched_as_well(phone: Phone) -> None:
    phone.upload_and_wait(phone.ask_for_a_form())
    assert len(phone.searches) == 1


def test_the_search_is_the_one_that_was_asked_for_without_who_asked(phone: Phone) -> None:
    phone.upload_and_wait(phone.get().json()["upload"])
    (search,) = phone.searches
    assert search["query"][2:] == [["fmt_options[fields]", "price"], ["us", phone.segment]]
    assert {"x-forwarded-for", "user-agent"} & set(search["headers"]) == set()


def test_a_form_starts_no_other_search_than_its_own(phone: Phone) -> None:
    form = phone.get().json()["upload"]
    form["fields"]["x-amz-meta-query"] = "?section=Other"
    assert phone.upload(form) == 403


def test_a_file_that_is_no_image_is_deleted(
    stack: LocalStack, client: httpx.Client, photo: bytes
) -> None:
    phone = Phone(client, stack, b"no image" + photo[-16:])
    uploaded = phone.upload(phone.get().json()["upload"])
    wait_until(lambda: phone.get().status_code == 404)
    assert (uploaded, phone.searches) == (204, [])


def test_a_file_that_its_name_does_not_name_is_deleted(
    stack: LocalStack, phone: Phone, sample_photo: bytes
) -> None:
    stack.s3.put_object(
        Bucket=stack.bucket,
        Key=f"uploads/{phone.name}",
        Body=sample_photo,
        Metadata={"query": f"?us={phone.segment}"},
    )
    wait_until(lambda: phone.get().status_code == 404)
    assert phone.searches == []


def test_a_search_that_failed_is_tried_again(
    stack: LocalStack, client: httpx.Client, phone: Phone
) -> None:
    form = phone.get().json()["upload"]
    fail(stack, client, times=1)
    phone.upload_and_wait(form)
    assert len(phone.searches) == 2


def test_a_failing_prefetch_does_not_hurt_the_phone(
    stack: LocalStack, client: httpx.Client, phone: Phone
) -> None:
    form = phone.get().json()["upload"]
    fail(stack, client, times=1000)
    uploaded = phone.upload(form)
    wait_until(lambda: len(phone.searches) == 1)
    client.delete(f"{stack.upstream}/_control").raise_for_status()
    assert (uploaded, phone.get().status_code) == (204, 200)
