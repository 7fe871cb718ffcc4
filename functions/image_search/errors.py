"""Every error a client can be answered with.

The tree branches by what the caller should do::

    ImageSearchError
    ├── RequestError                  change the request
    │   ├── InvalidParameters         400 / 403, one problem per parameter
    │   ├── InvalidJson               400
    │   ├── InvalidBase64             400
    │   ├── InvalidMultipart          400
    │   ├── Unauthorized              401, where the deployment asks for an API key
    │   ├── EmptyImage                400
    │   ├── UpstreamRejectedRequest   400, upstream's own words
    │   ├── S3UriNotAllowed           403
    │   ├── ImageNotFound             404, with a form to upload it where that helps
    │   ├── RouteNotFound             404
    │   ├── MethodNotAllowed          405, with Allow
    │   ├── ImageTooLarge             413
    │   ├── BodyTooLarge              413, where no image is sent
    │   ├── UnsupportedMediaType      415
    │   ├── UnsupportedContentCoding  415, where the body is compressed
    │   ├── CorruptImage              422
    │   │   ├── WrongDigest           the same, of an upload that is not the image it is named by
    │   │   └── UnprocessableImage    the same, by upstream's word
    │   ├── ImageDimensionsExceeded   422
    │   └── NotCached                 504, as only-if-cached asks for
    ├── RateLimited                   429, wait for Retry-After
    ├── UpstreamError                 try again later
    │   ├── UpstreamFailed            502
    │   │   └── RequestTimedOut       the same, as upstream waited too long for the request
    │   ├── UpstreamRefused           502, as upstream is up but will not take the call
    │   ├── UpstreamRejectedCredentials  502
    │   ├── ResponseTooLarge          502
    │   ├── UpstreamUnavailable       503, with Retry-After
    │   │   ├── StillSearching        the same, as another's search will soon have the answer
    │   │   ├── TooManyCalls          the same, by upstream's 429
    │   │   ├── CircuitOpen           the same to a client, but upstream was not asked
    │   │   ├── DailyCapExceeded      the same, as the day's calls are used up
    │   │   └── UpstreamPaused        the same with a code of its own, as an operator wants no calls
    │   └── UpstreamTimeout           504
    │       └── NotAsked              the same, but no time was left to ask upstream
    └── InternalError                 500, ours to fix

An error owns its status, its code and the text a client may read. ``detail`` is for the log only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from image_search import bounded_json
from image_search.rate_limit import RateLimit

# What an answer repeats of a request is bounded, as a request may have half a million members:
# each of an error's texts, and the problems that are listed.
MAX_NAME = 100
MAX_MESSAGE = 300
MAX_PROBLEMS = 20
# Upstream's own 400 goes on as it is up to this; it is also kept for those who wait, in an item.
MAX_UPSTREAM_ERROR_BYTES = 20_000


@dataclass(frozen=True)
class Problem:
    """One entry of ``errors[]`` in upstream's error shape.

    ``message`` and ``source`` may quote the request, and are cut.
    """

    code: str
    message: str
    source: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", cut(self.message, MAX_MESSAGE))
        if self.source is not None:
            object.__setattr__(self, "source", cut(self.source, MAX_NAME))

    def to_json(self) -> dict[str, str]:
        entry = {"code": self.code, "message": self.message}
        return entry if self.source is None else {**entry, "source": self.source}


def cut(text: str, most: int) -> str:
    """The text, or its beginning and an ellipsis: ``most`` characters in all."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


class ImageSearchError(Exception):
    """An answer other than 200. ``message`` is public; ``detail`` goes to the log only.

    ``rate_limit``: what the caller has left, if the request was charged.
    ``stale_if_error``: whether a stale answer may be served instead (RFC 5861 §4): after upstream's
    5xx, 429 and time-outs.
    """

    status: int
    code: str
    message: ClassVar[str]
    stale_if_error: bool = False
    rate_limit: RateLimit | None = None

    def __init__(
        self, message: str | None = None, *, source: str | None = None, detail: str = ""
    ) -> None:
        self.public_message = message or self.message
        self.source = source
        self.detail = detail
        super().__init__(f"{self.public_message} {detail}".strip())

    @property
    def problems(self) -> Sequence[Problem]:
        return (Problem(self.code, self.public_message, self.source),)

    @property
    def headers(self) -> Mapping[str, str]:
        return {}

    def to_json(self, trace_id: str) -> dict[str, Any]:
        """Upstream's error shape: ``{message, errors[{code, message, source}], trace_id}``."""
        return {
            "message": self.public_message,
            "errors": [problem.to_json() for problem in self.problems],
            "trace_id": trace_id,
        }


class RequestError(ImageSearchError):
    """The request cannot succeed as it is."""


class InvalidParameters(RequestError):
    """Query parameters or JSON fields that break the contract: at once, the first 20 of them.

    The status is 403 when nothing is wrong but that the deployment does not allow it, else 400.
    """

    status = 400
    code = "invalid_parameter"
    message = "The request has invalid parameters."

    def __init__(self, problems: Sequence[Problem]) -> None:
        self._problems = tuple(problems[:MAX_PROBLEMS])
        first = self._problems[0]
        only = f"{first.source}: {first.message}" if first.source else first.message
        more = f" The first {MAX_PROBLEMS} are listed." if len(problems) > MAX_PROBLEMS else ""
        super().__init__(only if len(self._problems) == 1 else f"{self.message}{more}")
        if all(problem.code == "parameter_not_allowed" for problem in self._problems):
            self.status = 403

    @property
    def problems(self) -> Sequence[Problem]:
        return self._problems


class InvalidJson(RequestError):
    status = 400
    code = "invalid_json"
    message = "The body is not valid JSON."


class InvalidBase64(RequestError):
    status = 400
    code = "invalid_base64"
    message = "The image is not valid base64 (RFC 4648 §4 or §5)."


class InvalidMultipart(RequestError):
    status = 400
    code = "invalid_multipart"
    message = "The body is not a form (multipart/form-data) with one file."


class Unauthorized(RequestError):
    """A 401 names the way to prove oneself (RFC 9110 §11.6.1); no registered scheme is a header."""

    status = 401
    code = "unauthorized"
    message = "This deployment asks for an API key in the header x-api-key."

    @property
    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": 'ApiKey header="x-api-key"'}


class EmptyImage(RequestError):
    status = 400
    code = "empty_image"
    message = "The request carries no image."


class S3UriNotAllowed(RequestError):
    status = 403
    code = "s3_uri_not_allowed"
    message = "This S3 location is not one this deployment reads from."


class ImageNotFound(RequestError):
    status = 404
    code = "image_not_found"
    message = "There is no image at this location."

    def __init__(
        self,
        message: str | None = None,
        *,
        source: str | None = None,
        detail: str = "",
        upload: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message, source=source, detail=detail)
        self._upload = upload

    @classmethod
    def with_form(cls, upload: Mapping[str, Any], detail: str = "") -> ImageNotFound:
        """Neither an answer nor an upload has this name; ``upload``: a form to change that."""
        message = "There is no answer for this image yet; upload it with the form, then ask again."
        return cls(message, source="sha256", detail=detail, upload=upload)

    def to_json(self, trace_id: str) -> dict[str, Any]:
        body = super().to_json(trace_id)
        return body if self._upload is None else {**body, "upload": self._upload}


class RouteNotFound(RequestError):
    status = 404
    code = "not_found"
    message = "There is no such route."


class MethodNotAllowed(RequestError):
    """``allowed``: the methods that the path takes (RFC 9110 §15.5.6)."""

    status = 405
    code = "method_not_allowed"
    message = "This route does not take the request's method; Allow lists those that it takes."

    def __init__(self, allowed: Sequence[str] = ()) -> None:
        super().__init__()
        self._allowed = tuple(allowed)

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Allow": ", ".join(self._allowed)}


class ImageTooLarge(RequestError):
    status = 413
    code = "image_too_large"
    message = "The image is too large."


class BodyTooLarge(RequestError):
    status = 413
    code = "body_too_large"
    message = "The body is larger than this route needs."


class UnsupportedMediaType(RequestError):
    status = 415
    code = "unsupported_media_type"
    message = "The image format is not supported."


class UnsupportedContentCoding(RequestError):
    """A 415 names the codings that would have been taken (RFC 9110 §15.5.16): none."""

    status = 415
    code = "unsupported_content_coding"
    message = "The body is compressed: send it as it is."

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Accept-Encoding": "identity"}


class CorruptImage(RequestError):
    status = 422
    code = "corrupt_image"
    message = "The image is damaged."


class WrongDigest(CorruptImage):
    """It says nothing about the image that the upload is named by."""

    message = "The uploaded bytes do not have the SHA-256 they are named by."


class UnprocessableImage(CorruptImage):
    """Upstream's 422 for an image that decodes. It may be for the parameters as well."""

    message = "Upstream cannot process this image."


class ImageDimensionsExceeded(RequestError):
    status = 422
    code = "image_dimensions_exceeded"
    message = "The image has more pixels or frames than are taken."


class NotCached(RequestError):
    """The answer to ``only-if-cached`` when there is none stored (RFC 9111 §5.2.1.7)."""

    status = 504
    code = "not_cached"
    message = "No stored answer satisfies the request, and it allows no other."


class UpstreamRejectedRequest(RequestError):
    """Upstream's 400, passed on in its words (already scrubbed)."""

    status = 400
    code = "upstream_rejected_request"
    message = "Upstream rejected the request."

    def __init__(self, body: Mapping[str, Any]) -> None:
        super().__init__()
        self._body = _shortened(body)

    def to_json(self, trace_id: str) -> dict[str, Any]:
        body = self._body
        if not isinstance(body.get("message"), str):
            return super().to_json(trace_id)
        errors, own = body.get("errors"), body.get("trace_id")
        return {
            **body,
            "errors": errors if isinstance(errors, list) else [],
            "trace_id": own if isinstance(own, str) else trace_id,
        }


def _shortened(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Upstream's words, or the beginnings of them where they are too many."""
    # As ASCII, in which they are sent.
    if len(json.dumps(body)) <= MAX_UPSTREAM_ERROR_BYTES:
        return body
    message, errors = body.get("message"), body.get("errors")
    if not isinstance(message, str):
        return {}
    listed = errors[:MAX_PROBLEMS] if isinstance(errors, list) else []
    problems = [
        Problem(*(str(error.get(name, "")) for name in ("code", "message", "source")))
        for error in listed
        if isinstance(error, dict)
    ]
    return {
        "message": cut(message, MAX_MESSAGE),
        "errors": [{**each.to_json(), "code": cut(each.code, MAX_NAME)} for each in problems],
    }


class RateLimited(ImageSearchError):
    """The caller's quota is used up; ``rate_limit`` says which, and until when."""

    status = 429
    code = "rate_limited"
    message = "Too many new searches and uploads; what was searched before is still answered."

    def __init__(self, rate_limit: RateLimit) -> None:
        super().__init__(detail=f"the quota of the {rate_limit.quota.name}")
        self.rate_limit = rate_limit
        self._retry_after = rate_limit.reset

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self._retry_after)}


class UpstreamError(ImageSearchError):
    """Upstream did not answer as it should; the same request may succeed later."""


class UpstreamFailed(UpstreamError):
    stale_if_error = True
    status = 502
    code = "upstream_error"
    message = "Upstream failed to answer."


class RequestTimedOut(UpstreamFailed):
    """Upstream's 408: it waited too long for the request, which may be the network's fault."""


class UpstreamRefused(UpstreamError):
    """A 4xx that no change of the request explains: upstream is up, and another try is no use."""

    status = 502
    code = "upstream_error"
    message = "Upstream failed to answer."


class UpstreamRejectedCredentials(UpstreamError):
    status = 502
    code = "upstream_rejected_credentials"
    message = "Upstream did not accept this deployment's credentials."


class ResponseTooLarge(UpstreamError):
    status = 502
    code = "response_too_large"
    message = "The answer is larger than can be sent; ask for fewer fields."


class UpstreamUnavailable(UpstreamError):
    """Too busy or out of reach for now. ``retry_after``: seconds a client should wait."""

    stale_if_error = True
    status = 503
    code = "upstream_unavailable"
    message = "Upstream is unavailable for now."

    def __init__(
        self, message: str | None = None, *, retry_after: int = 5, detail: str = ""
    ) -> None:
        super().__init__(message, detail=detail)
        self.retry_after = retry_after

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.retry_after)}


class TooManyCalls(UpstreamUnavailable):
    """Upstream's 429: it is up, and asks for fewer calls."""


class CircuitOpen(UpstreamUnavailable):
    """Upstream has failed too often lately to be asked."""


class DailyCapExceeded(UpstreamUnavailable):
    """The deployment has made all the upstream calls that it may make today."""


class UpstreamPaused(UpstreamUnavailable):
    """An operator has paused upstream calls."""

    code = "upstream_paused"
    message = "New searches are paused; what was searched before is still answered."

    def __init__(self) -> None:
        super().__init__(retry_after=60)


class StillSearching(UpstreamUnavailable):
    """Another's search for the same answer has not ended in time; its answer comes soon."""

    message = "This search is still under way; ask for its answer again."

    def __init__(self) -> None:
        super().__init__(retry_after=2)


class UpstreamTimeout(UpstreamError):
    stale_if_error = True
    status = 504
    code = "upstream_timeout"
    message = "Upstream did not answer in time."


class NotAsked(UpstreamTimeout):
    """No time was left to ask upstream, or too little for a usual search: it proves nothing."""


# The members of a recorded error.
_RECORDED = {"status": int, "code": str, "headers": dict, "body": dict}


class SharedError(ImageSearchError):
    """An error as it was recorded: of a search that this request waited for, or of an upload."""

    message = "The search that was under way failed."

    def __init__(
        self,
        recorded: Mapping[str, Any],
        *,
        detail: str = "shared by the search that this request waited for",
    ) -> None:
        self.status = recorded["status"]
        self.code = recorded["code"]
        self.stale_if_error = bool(recorded.get("stale_if_error"))
        self._headers: dict[str, str] = dict(recorded["headers"])
        self._body: dict[str, Any] = dict(recorded["body"])
        super().__init__(detail=detail)

    @staticmethod
    def parse(text: str | None) -> dict[str, Any] | None:
        """What ``record`` makes, from its JSON; None for what another wrote in its place."""
        if text is None:
            return None
        try:
            value = bounded_json.read(text)
        except ValueError:
            return None
        return value if _is_record(value) else None

    @staticmethod
    def record(error: ImageSearchError) -> dict[str, Any]:
        """What another request needs to answer the same."""
        body = error.to_json("")
        del body["trace_id"]
        return {
            "status": error.status,
            "code": error.code,
            "stale_if_error": error.stale_if_error,
            "headers": dict(error.headers),
            "body": body,
        }

    @property
    def headers(self) -> Mapping[str, str]:
        return self._headers

    def to_json(self, trace_id: str) -> dict[str, Any]:
        return {"trace_id": trace_id, **self._body}


def _is_record(value: object) -> bool:
    if not isinstance(value, dict):
        return False
    if any(not isinstance(value.get(name), kind) for name, kind in _RECORDED.items()):
        return False
    headers = value["headers"].items()
    # Our own 500 is recorded nowhere.
    return (
        400 <= value["status"] < 600
        and value["status"] != 500
        and all(
            isinstance(text, str) and text.isprintable() for header in headers for text in header
        )
    )


class InternalError(ImageSearchError):
    status = 500
    code = "internal_error"
    message = "Something went wrong on our side."
