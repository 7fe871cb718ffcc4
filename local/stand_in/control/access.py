"""Who may search: the key, the backend's token, and what only a backend may see."""

import hmac

from pydantic import BaseModel, ConfigDict

from stand_in.errors import ErrorDetail, RefusedError
from stand_in.request.query import SearchQuery

TOKEN_HEADER = "x-cnstrc-token"


class Access(BaseModel):
    """The key and token that are asked for; None asks for nothing in particular."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    key: str | None = None
    token: str | None = None

    def check(self, query: SearchQuery, token: str | None) -> None:
        """Refuse with 401 what is not allowed; `token` is the header's value."""
        if self.key is not None and not _same(query.key, self.key):
            raise _unauthorized("invalid_key", "There is no index with this key.", "key")
        if self.token is not None and not _same(token or "", self.token):
            raise _unauthorized("invalid_token", "The token is missing or wrong.", TOKEN_HEADER)
        if query.fmt_options.show_protected_facets and not token:
            source = "fmt_options[show_protected_facets]"
            raise _unauthorized("token_required", "Protected facets need a token.", source)


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _unauthorized(code: str, message: str, source: str) -> RefusedError:
    return RefusedError(401, message, (ErrorDetail(code, message, source),))
