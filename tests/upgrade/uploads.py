"""Phones that search by hash: photos that were searched before, and new ones that they upload."""

from __future__ import annotations

import os
import random
import threading
import time
from dataclasses import dataclass, field
from io import BytesIO

import httpx
from PIL import Image

from e2e.conftest import LocalStack
from e2e.phone import Phone

PHONES = 2
PAUSE_SECONDS = 0.3
NEW_SHARE = 0.4
PATIENCE_SECONDS = 30


def new_photo(sample: bytes) -> bytes:
    """The sample with a speck of its own: nobody has searched for it."""
    image = Image.open(BytesIO(sample))
    for left in (0, 16):
        image.paste(tuple(os.urandom(3)), (left, 0, left + 16, 16))
    file = BytesIO()
    image.save(file, "JPEG", quality=90)
    return file.getvalue()


@dataclass
class Tally:
    """``failures``: what was asked, and what came back that it should not."""

    answered: int = 0
    uploaded: int = 0
    failures: list[str] = field(default_factory=list)


class Uploads:
    """Runs in threads of its own from ``start`` to ``stop``."""

    def __init__(self, http: httpx.Client, stack: LocalStack, sample: bytes) -> None:
        self._http, self._stack, self._sample = http, stack, sample
        self.known = [self.new_phone() for _ in range(5)]
        for phone in self.known:
            self.upload(phone, phone.get().json()["upload"])
        self.tally = Tally()
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(PHONES)]

    def new_phone(self) -> Phone:
        return Phone(self._http, self._stack, new_photo(self._sample))

    def upload(self, phone: Phone, form: dict[str, object]) -> None:
        """Fails where its search is not answered in time."""
        status = phone.upload(form)
        assert status == 204, f"upload: {status}"
        end = time.monotonic() + PATIENCE_SECONDS
        while (found := phone.get()).status_code != 200:
            assert time.monotonic() < end, (
                f"after an upload: {found.status_code} {found.text[:200]}"
            )
            time.sleep(PAUSE_SECONDS)

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        chance = random.Random()
        while not self._done.wait(chance.uniform(0, 2 * PAUSE_SECONDS)):
            try:
                if chance.random() < NEW_SHARE:
                    self._upload_a_new_one()
                else:
                    found = chance.choice(self.known).get()
                    assert found.status_code == 200, f"by hash: {found.status_code} {found.text}"
                self.tally.answered += 1
            except (AssertionError, httpx.HTTPError, KeyError) as problem:
                self.tally.failures.append(repr(problem)[:300])

    def _upload_a_new_one(self) -> None:
        phone = self.new_phone()
        found = phone.get()
        assert found.status_code == 404, f"new by hash: {found.status_code} {found.text[:200]}"
        self.upload(phone, found.json()["upload"])
        self.tally.uploaded += 1
