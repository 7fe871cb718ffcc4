"""Whom a connection to AWS trusts: Amazon's own authorities, and all others when those do not do.

All of botocore's list takes 17 ms of CPU to load, of which a small sandbox gets a third; Amazon's
own five, with which AWS's endpoints have certificates, take less than one.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import botocore

_BUNDLE = Path(botocore.__file__).with_name("cacert.pem")
_AMAZON = ('Label: "Amazon Root CA ', 'Label: "Starfield Services Root Certificate Authority - G2')


class Trust:
    """The context of all connections of a sandbox."""

    def __init__(self, bundle: Path = _BUNDLE) -> None:
        self._bundle = bundle
        self._widened = False
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        own = os.environ.get("AWS_CA_BUNDLE") or os.environ.get("REQUESTS_CA_BUNDLE")
        amazon = _amazons(bundle.read_text(encoding="utf-8")) if own is None else ""
        if amazon:
            self.context.load_verify_locations(cadata=amazon)
        else:
            self._load(own or str(bundle))

    def widen(self) -> bool:
        """Trusts the whole list; False when that is done already, so that nothing has changed."""
        if self._widened:
            return False
        self._load(str(self._bundle))
        return True

    def _load(self, path: str) -> None:
        self._widened = True
        if os.path.isdir(path):  # as botocore has it
            self.context.load_verify_locations(capath=path)
        else:
            self.context.load_verify_locations(cafile=path)


def _amazons(bundle: str) -> str:
    """The certificates below labels of Amazon's; empty for a list without labels."""
    blocks = bundle.split("\n\n")
    return "\n".join(block for block in blocks if any(label in block for label in _AMAZON))
