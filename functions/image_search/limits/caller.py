"""The caller whose quota a request is charged to."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv6Address, IPv6Network
from typing import Any

from pydantic import SecretStr

# Bits that name a household; it has all the addresses below them to itself (RFC 6177).
_IPV6_PREFIX = 64


@dataclass(frozen=True)
class Caller:
    """A signed-in user, a server with an API key, or else the address.

    ``identity`` is masked, as most of these are personal. ``is_server``: whether it has a server's
    quota, as it asks for many end users. ``names_end_user``: whether it is trusted to say for whom
    it asks, as each holder of an API key is.
    """

    identity: SecretStr
    is_server: bool = field(default=False, compare=False, repr=False)
    names_end_user: bool = field(default=False, compare=False, repr=False)

    @classmethod
    def from_request(cls, context: Mapping[str, Any], server: str | None = None) -> Caller:
        """``context``: the ``requestContext`` of an HTTP API event; ``server``: the name that its
        API key stands for. Where both a user's token and a key come, the user is the caller."""
        subject = _subject(context)
        if subject:
            return cls(SecretStr(f"sub:{subject}"), names_end_user=server is not None)
        if server is not None:
            return cls(SecretStr(f"server:{server}"), is_server=True, names_end_user=True)
        return cls(SecretStr(f"ip:{_network(context['http']['sourceIp'])}"))

    def pseudonym(self, key: SecretStr) -> str:
        """64 hexadecimal digits that name the caller, and can be recomputed only with the key."""
        secret, identity = key.get_secret_value(), self.identity.get_secret_value()
        # Of a subject, an issuer may make what it likes, half a character included.
        named = identity.encode("utf-8", "surrogatepass")
        return hmac.digest(secret.encode(), named, "sha256").hex()


def _subject(context: Mapping[str, Any]) -> str:
    """The ``sub`` of a token that the gateway has verified; empty without one."""
    claims = ((context.get("authorizer") or {}).get("jwt") or {}).get("claims") or {}
    return str(claims.get("sub") or "")


def _network(source_ip: str) -> str:
    try:
        address = IPv6Address(source_ip)
    except AddressValueError:
        return source_ip
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), _IPV6_PREFIX), strict=False))
