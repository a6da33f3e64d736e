"""Tokens that lead to the next page or back to a version: signed, bound to what was asked, and good for a time."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakeward.sharing.server.refusals import invalid

SIGNATURE = 32
PAGE_SECONDS, REFRESH_SECONDS = 3 * 24 * 3600, 3600


@dataclass(frozen=True, slots=True)
class Seal:
    """What signs tokens.

    Args:
        key: secret, 32 bytes.
    """

    key: bytes

    def token(self, kind: str, about: object, seconds: int, **told: Any) -> str:
        """Make a token.

        Args:
            kind: what it is for.
            about: what it is bound to; whoever opens it must give the same.
            seconds: how long it is good for.
            told: what it holds.
        """
        body = json.dumps({**told, "_until": int(time.time()) + seconds}, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(self._signature(kind, about, body) + body).rstrip(b"=").decode()

    def opened(self, kind: str, about: object, token: str) -> Mapping[str, Any]:
        """Give what a token holds.

        Raises:
            Refused: it is none of ours, is bound to something else, or is too old.
        """
        wrong = invalid(f"the {kind} token is not one that this server gave for this request: begin without it")
        try:
            content = base64.b64decode(token.encode() + b"=" * (-len(token) % 4), b"-_", validate=True)
        except ValueError as cause:
            raise wrong from cause
        signature, body = content[:SIGNATURE], content[SIGNATURE:]
        if not hmac.compare_digest(signature, self._signature(kind, about, body)):
            raise wrong
        told: dict[str, Any] = json.loads(body)
        if told.pop("_until") < time.time():
            raise invalid(f"the {kind} token is too old: begin without it")
        return told

    def _signature(self, kind: str, about: object, body: bytes) -> bytes:
        bound = json.dumps([kind, about], sort_keys=True).encode()
        return hmac.digest(self.key, hashlib.sha256(bound).digest() + body, "sha256")
