"""How a search fails that was sent over a connection which upstream had closed by then."""

from __future__ import annotations

import httpx


class ClosedIdle(httpx.ReadError):
    """A kept-alive connection has ended without a byte of an answer.

    Servers close what is idle at any moment, also while a request is on its way (RFC 9112 §9.5).
    """
