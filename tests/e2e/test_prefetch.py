"""An upload is searched before the phone asks: S3's event, the function and the cache together."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from uuid import uuid4

import httpx
import pytest

from e2e.phone import Phone, ResultLines
from waiting import wait_until

if TYPE_CHECKING:
    from e2e.conftest import LocalStack


@pytest.fixture
def phone(stack: LocalStack, client: httpx.Client, photo: bytes) -> Phone:
    return Phone(client, stack, photo)


@pytest.fixture
def results(stack: LocalStack) -> ResultLines:
    """What came of the events of this test."""
    return ResultLines(stack)


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


def test_the_search_is_the_one_that_was_asked_for_and_names_who_got_the_form(phone: Phone) -> None:
    phone.upload_and_wait(phone.get().json()["upload"])
    (search,) = phone.searches
    assert search["query"][2:] == [["fmt_options[fields]", "price"], ["us", phone.segment]]
    assert search["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert search["headers"]["user-agent"].startswith("python-httpx/")


def test_a_form_posted_again_starts_no_second_search(phone: Phone, results: ResultLines) -> None:
    form = phone.get().json()["upload"]
    phone.upload_and_wait(form)

    def are_told() -> bool:
        """What a sandbox logs is seen with its next event, so there has to be one."""
        phone.upload(form)
        return results.count("no-search") >= 2

    wait_until(are_told, pause=0.5)
    assert (len(phone.searches), phone.tickets) == (1, [])


def test_a_form_starts_no_other_search_than_its_own(phone: Phone) -> None:
    form, other = phone.get().json()["upload"], phone.ask_for_a_form()
    form["fields"]["x-amz-meta-ticket"] = other["fields"]["x-amz-meta-ticket"]
    assert phone.upload(form) == 403


def test_a_file_that_is_no_image_is_refused_from_then_on_and_gets_no_form(
    stack: LocalStack, client: httpx.Client
) -> None:
    phone = Phone(client, stack, b"no image" + os.urandom(16))
    uploaded = phone.upload(phone.get().json()["upload"])
    wait_until(lambda: not phone.is_stored)
    answers = [phone.get(), phone.ask()]
    codes = [answer.json()["errors"][0]["code"] for answer in answers]
    assert (uploaded, phone.searches) == (204, [])
    assert [answer.status_code for answer in answers] == [415, 415]
    assert codes == ["unsupported_media_type"] * 2


def test_a_damaged_photo_is_refused_from_then_on_and_gets_no_form(
    stack: LocalStack, client: httpx.Client, photo: bytes
) -> None:
    comment = b"\xff\xfe\x00\x22" + uuid4().hex.encode()  # or its hash would be that of any other
    too_little = photo[:2] + comment + photo[2 : photo.index(b"\xff\xda") + 20]
    phone = Phone(client, stack, too_little)
    uploaded = phone.upload(phone.get().json()["upload"])
    wait_until(lambda: not phone.is_stored)
    answer = phone.get()
    code = answer.json()["errors"][0]["code"]
    assert (uploaded, answer.status_code, code) == (204, 422, "corrupt_image")
    assert ("upload" in answer.json(), phone.searches) == (False, [])


def test_a_file_that_its_name_does_not_name_is_deleted(
    stack: LocalStack, phone: Phone, sample_photo: bytes
) -> None:
    stack.s3.put_object(
        Bucket=stack.bucket,
        Key=f"uploads/{phone.name}",
        Body=sample_photo,
        Metadata={"ticket": phone.get().json()["upload"]["fields"]["x-amz-meta-ticket"]},
    )
    wait_until(lambda: phone.get().status_code == 404)
    assert phone.searches == []


def test_a_search_that_failed_is_not_tried_again(
    stack: LocalStack, client: httpx.Client, phone: Phone, results: ResultLines
) -> None:
    form = phone.get().json()["upload"]
    fail(stack, client, times=1)
    phone.upload(form)
    wait_until(lambda: results.count("failed") == 1)
    assert (len(phone.searches), phone.get().status_code) == (1, 200)


def test_a_failing_prefetch_does_not_hurt_the_phone(
    stack: LocalStack, client: httpx.Client, phone: Phone
) -> None:
    form = phone.get().json()["upload"]
    fail(stack, client, times=1000)
    uploaded = phone.upload(form)
    wait_until(lambda: len(phone.searches) == 1)
    client.delete(f"{stack.upstream}/_control").raise_for_status()
    assert (uploaded, phone.get().status_code) == (204, 200)
