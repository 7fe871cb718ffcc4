"""AWS's signature, version 4, by botocore's own signer."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from botocore.auth import SIGV4_TIMESTAMP, SigV4Auth
from botocore.awsrequest import AWSRequest

from image_search.aws.json_client import credentials

if TYPE_CHECKING:
    from botocore.credentials import ReadOnlyCredentials

    from image_search.aws.json_client.credentials import Keys

# AWS takes what is five minutes off; a clock that is nearly so is set too.
TOLERATED = timedelta(minutes=4)


class Signer:
    """Signs what is posted to ``url``."""

    def __init__(self, service: str, region: str, url: str) -> None:
        self._service = service
        self._region = region
        self._url = url
        self._clock_is_behind = timedelta()

    def sign(self, headers: Mapping[str, str], body: bytes) -> dict[str, str]:
        """The headers and the signature's own. Raises ``NoCredentialsError``, or another of
        botocore's errors when there are none to be had."""
        request = AWSRequest("POST", self._url, headers, body)
        keys = credentials.current()
        _Auth(keys, self._service, self._region, self._clock_is_behind).add_auth(request)
        return dict(request.headers.items())

    def set_clock(self, date: str) -> bool:
        """By AWS's ``Date``; whether what is signed from here on says another time than before.

        A sandbox that wakes from a snapshot may think that it is still then.
        """
        try:
            behind = parsedate_to_datetime(date) - datetime.now(UTC)
        except ValueError:
            return False
        if abs(behind - self._clock_is_behind) < TOLERATED:
            return False
        self._clock_is_behind = behind
        return True


class _Auth(SigV4Auth):
    def __init__(
        self, keys: Keys | ReadOnlyCredentials | None, service: str, region: str, behind: timedelta
    ) -> None:
        super().__init__(keys, service, region)  # type: ignore[arg-type]
        self._behind = behind

    def _modify_request_before_signing(self, request: AWSRequest) -> None:
        if self._behind:
            now = datetime.now(UTC) + self._behind
            request.context["timestamp"] = now.strftime(SIGV4_TIMESTAMP)
        super()._modify_request_before_signing(request)  # type: ignore[misc]
