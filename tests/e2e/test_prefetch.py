"""An upload is searched before the phone asks: S3's event, the function and the cache together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from e2e.phone import Phone
from waiting import wait_until

if TYPE_CHECKING:
    from e2e.conftest import LocalStack


@pytest.fixture
def phone(stack: LocalStack, client: httpx.Client, photo: bytes) -> Phone:
    return Phone(client, stack, photo)


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
