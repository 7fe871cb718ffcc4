"""The person who searches, as upstream wants them named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address

MAX_USER_AGENT_LENGTH = 1024
# Control characters and half characters. What Python calls printable grows with its Unicode data.
_NOT_FOR_HEADERS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True)
class EndUser:
    """Their own address and User-Agent, which a backend must pass on for analytics.

    ``ip`` is one address without a port, as the gateway saw it; a client's own
    ``X-Forwarded-For`` is never believed.
    """

    ip: str
    user_agent: str

    @classmethod
    def from_request(cls, source_ip: str, user_agent: str | None) -> EndUser:
        """Control characters, which no header may carry (RFC 9110 §5.5), are left out."""
        printable = _NOT_FOR_HEADERS.sub("", user_agent or "")
        return cls(_NOT_FOR_HEADERS.sub("", source_ip), printable.strip()[:MAX_USER_AGENT_LENGTH])

    @property
    def has_address(self) -> bool:
        """Whether ``ip`` tells one end user from another, as the machine's own does not."""
        try:
            address = ip_address(self.ip)
        except ValueError:
            return self.ip != ""
        # Before 3.13, Python does not see that ::ffff:127.0.0.1 is one.
        return not (getattr(address, "ipv4_mapped", None) or address).is_loopback
