"""Tokens of an agency's own identity provider: signed by its keys, for this server, and not over."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from lakeward.lake.errors import UsageError

ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]
AGAIN_SECONDS = 60
LEEWAY = 30


@dataclass(slots=True)
class Issuer:
    """An identity provider.

    Args:
        name: what its tokens call it, as `https://login.example.gov.tw`.
        audience: what they call this server.
        jwks: a file with its public keys (a JWK set), read again when a token names a key that is not in it.
    """

    name: str
    audience: str
    jwks: Path
    _keys: KeySet = field(init=False)
    _read_at: float = float("-inf")
    _lock: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self._keys = self._read()

    def client_of(self, token: str) -> str | None:
        """Give the client that a token was given to; None when it is not good."""
        told = self._claims(token)
        if told is None and time.monotonic() - self._read_at > AGAIN_SECONDS:  # perhaps the provider changed its keys
            with self._lock:
                self._keys, self._read_at = self._read(), time.monotonic()
            told = self._claims(token)
        if told is None:
            return None
        client = told.get("client_id") or told.get("azp") or told.get("sub")
        return client if isinstance(client, str) else None

    def _claims(self, token: str) -> dict[str, Any] | None:
        rules = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": self.name},
            aud={"essential": True, "value": self.audience},
            exp={"essential": True},
        )
        try:
            found = jwt.decode(token, self._keys, algorithms=ALGORITHMS)
            rules.validate(found.claims)
        except (JoseError, ValueError):
            return None
        return dict(found.claims)

    def _read(self) -> KeySet:
        try:
            keys = KeySet.import_key_set(json.loads(self.jwks.read_text("utf-8")))
        except (OSError, ValueError, KeyError, TypeError, JoseError) as cause:
            raise UsageError(
                f"{self.jwks} holds no public keys", remedy="put there what the provider's jwks_uri gives"
            ) from cause
        if any(key.is_private for key in keys.keys):
            raise UsageError(f"{self.jwks} holds a private key", remedy="put only the public keys there")
        return keys
