"""Who asks, as the vendor wants it passed on."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address

MAX_USER_AGENT_LENGTH = 1024


@dataclass(frozen=True)
class Shopper:
    """The shopper's own address and browser, which a backend must pass on for analytics.

    ``ip`` is one address without a port, as the gateway saw it; a client's own
    ``X-Forwarded-For`` is never believed.
    """

    ip: str
    user_agent: str

    @classmethod
    def from_request(cls, source_ip: str, user_agent: str | None) -> Shopper:
        """Control characters, which no header may carry (RFC 9110 §5.5), are left out."""
        printable = "".join(filter(str.isprintable, user_agent or ""))
        return cls(source_ip, printable.strip()[:MAX_USER_AGENT_LENGTH])

    @property
    def has_address(self) -> bool:
        """Whether ``ip`` tells one shopper from another, as the machine's own does not."""
        try:
            return not ip_address(self.ip).is_loopback
        except ValueError:
            return self.ip != ""


NOBODY = Shopper("", "")
"""A search that no shopper asked for: nothing is passed on."""
