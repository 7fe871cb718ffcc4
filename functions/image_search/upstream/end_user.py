"""The person who searches, as upstream wants them named."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

MAX_USER_AGENT_LENGTH = 1024
# Control characters and half characters. What Python calls printable grows with its Unicode data.
_NOT_FOR_HEADERS = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
# [2001:db8::1], [2001:db8::1]:443 and 192.0.2.1:443 (RFC 7239 §6).
_WITH_PORT = re.compile(r"\[([^\[\]]+)\](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}")


@dataclass(frozen=True)
class EndUser:
    """Their own address and User-Agent, which a backend must pass on for analytics.

    ``ip`` is one address without a port: as the gateway saw it, or as a trusted server named it in
    ``X-Forwarded-For``. Any other client's is never believed.
    """

    ip: str
    user_agent: str

    @classmethod
    def from_request(
        cls, source_ip: str, user_agent: str | None, forwarded_for: str = ""
    ) -> EndUser:
        """``forwarded_for``: a trusted server's ``X-Forwarded-For``, to which the gateway has added
        ``source_ip``. Without a valid address there, it is the server's own.

        Control characters, which no header may carry (RFC 9110 §5.5), are left out.
        """
        printable = _NOT_FOR_HEADERS.sub("", user_agent or "")
        ip = _named(forwarded_for, source_ip) or _NOT_FOR_HEADERS.sub("", source_ip)
        return cls(ip, printable.strip()[:MAX_USER_AGENT_LENGTH])

    @property
    def has_address(self) -> bool:
        """Whether ``ip`` tells one end user from another, as the machine's own does not."""
        try:
            address = ip_address(self.ip)
        except ValueError:
            return self.ip != ""
        # Before 3.13, Python does not see that ::ffff:127.0.0.1 is one.
        return not (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _named(forwarded_for: str, source_ip: str) -> str | None:
    """The address before the gateway's own entry, which is the last and the server's address.

    Those further to the left came to the server from elsewhere, and may be made up.
    """
    addresses = [_address(text) for text in forwarded_for.rsplit(",", 2)[-2:]]
    if addresses[-1] == _address(source_ip):
        addresses.pop()  # an emulator may not have added it
    named = addresses[-1] if addresses else None
    return str(named) if named is not None and _is_someones(named) else None


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address as proxies write it, with or without port and brackets; None for anything else."""
    text = text.strip(" \t").strip('"')
    match = _WITH_PORT.fullmatch(text)
    try:
        address = ip_address(match[1] or match[2] if match else text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_someones(address: IPv4Address | IPv6Address) -> bool:
    """Not so what names any machine, each or many. As it is removed from answers, "::" would take
    more out of them than an address."""
    return not (
        address.is_unspecified
        or address.is_loopback
        or address.is_multicast
        or address.is_reserved
        or getattr(address, "scope_id", None)
    )
