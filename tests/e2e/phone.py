"""A phone that searches by its photo's hash, and uploads what is new."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING, Any

import httpx

from waiting import wait_until

if TYPE_CHECKING:
    from e2e.conftest import LocalStack

LIFETIME_SECONDS = 3_600


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
        """What upstream received for it: other tests' uploads may still be searched."""
        requests = self._http.get(f"{self._stack.upstream}/_control/requests").json()
        return [one for one in requests if ["us", self.segment] in one["query"]]

    def get(self, cache_control: str = "") -> httpx.Response:
        url = f"{self._stack.search_url}/{self.name}?{self._query}"
        return self._http.get(url, headers={"Cache-Control": cache_control})

    def post(self) -> httpx.Response:
        return self._http.post(f"{self._stack.search_url}?{self._query}", content=self._photo)

    def post_uri(self, s3_uri: str) -> httpx.Response:
        url = f"{self._stack.search_url}?{self._query}"
        return self._http.post(url, json={"s3_uri": s3_uri})

    def ask_for_a_form(self) -> dict[str, Any]:
        return dict(self.ask().json()["upload"])

    def ask(self) -> httpx.Response:
        asked = {"sha256": self.name, "content_type": "image/jpeg", "size": len(self._photo)}
        url = f"{self._stack.endpoint}/v2/uploads?{self._query}"
        return self._http.post(url, json=asked)

    @property
    def is_stored(self) -> bool:
        """Whether its photo lies in the bucket."""
        found = self._stack.s3.list_objects_v2(
            Bucket=self._stack.bucket, Prefix=f"uploads/{self.name}"
        )
        return found["KeyCount"] > 0

    @property
    def tickets(self) -> list[str]:
        """Those for its photo in the table."""
        pages = self._stack.dynamodb.get_paginator("scan").paginate(
            TableName=self._stack.table,
            FilterExpression="sha256 = :photo",
            ExpressionAttributeValues={":photo": {"B": bytes.fromhex(self.name)}},
        )
        return [item["pk"]["S"] for page in pages for item in page["Items"]]

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

    def age_answer(self, stack: LocalStack) -> None:
        """Brings its answer into the last tenth of its life."""
        entity_tag = self.get().headers["ETag"]
        pages = stack.dynamodb.get_paginator("scan").paginate(TableName=stack.table)
        (item,) = [
            item
            for page in pages
            for item in page["Items"]
            if "tag" in item and item["tag"]["B"].hex() in entity_tag
        ]
        stored_at = int(item["stored_at"]["N"]) - LIFETIME_SECONDS * 95 // 100
        item["stored_at"] = {"N": str(stored_at)}
        item["fresh_until"] = {"N": str(stored_at + LIFETIME_SECONDS)}
        stack.dynamodb.put_item(TableName=stack.table, Item=item)


class ResultLines:
    """What the function that prefetches has logged since this was made."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._function = f"{stack.function.removesuffix('-search')}-prefetch"
        self._before = len(self._lines())

    def count(self, result: str) -> int:
        """How many events came to this. MiniStack gives a line that comes late to the sandbox's
        next invocation: so there is one, which has nothing to do."""
        self._stack.lambda_.invoke(
            FunctionName=self._function, Qualifier="live", Payload=b'{"Records": []}'
        )
        return sum(f'"result":"{result}"' in line for line in self._lines()[self._before :])

    def _lines(self) -> list[str]:
        lines = self._stack.logged_by(self._function).splitlines()
        return [line for line in lines if '"message":"prefetch"' in line]
