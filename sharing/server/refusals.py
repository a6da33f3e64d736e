"""What the server answers instead of data, in the protocol's shape: a status, a code and words that say what to do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(eq=False)
class Refused(Exception):
    """A request that is answered with an error.

    Args:
        status: HTTP's.
        code: the protocol's word for it.
        message: what is wrong and what to do; it holds no path and no secret.
        headers: more headers of the answer.
    """

    status: int
    code: str
    message: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def body(self) -> bytes:
        """The answer's body."""
        return json.dumps({"errorCode": self.code, "message": self.message}).encode()


def invalid(message: str) -> Refused:
    """Refuse a value."""
    return Refused(400, "INVALID_PARAMETER_VALUE", message)


def malformed(message: str) -> Refused:
    """Refuse what cannot be read."""
    return Refused(400, "MALFORMED_REQUEST", message)


def unsupported(message: str) -> Refused:
    """Refuse what cannot be done for this table or this client."""
    return Refused(400, "UNSUPPORTED_OPERATION", message)


def gone(message: str) -> Refused:
    """Refuse a version whose files are kept no longer."""
    return Refused(400, "RESOURCE_DOES_NOT_EXIST", message)


def unknown(message: str = "nothing of this name is shared with you") -> Refused:
    """Refuse a name."""
    return Refused(404, "RESOURCE_DOES_NOT_EXIST", message)


def forbidden() -> Refused:
    """Refuse a share that was not granted."""
    return Refused(403, "PERMISSION_DENIED", "this share is not granted to you: ask who runs the server for it")


def unauthenticated() -> Refused:
    """Refuse a token; which of its faults it is, is nobody's business."""
    told = "the bearer token is missing, unknown, expired or revoked: ask who runs the server for a new profile"
    return Refused(401, "UNAUTHENTICATED", told, {"WWW-Authenticate": 'Bearer realm="delta-sharing"'})


def too_many(seconds: int) -> Refused:
    """Refuse for now."""
    told = f"too many requests: try again in {seconds} s"
    return Refused(429, "RESOURCE_EXHAUSTED", told, {"Retry-After": str(seconds)})


def too_large(limit: int) -> Refused:
    """Refuse a body."""
    return Refused(413, "INVALID_PARAMETER_VALUE", f"a request's body may hold {limit:,} bytes")


def internal() -> Refused:
    """Own up to a fault of ours, and say no more."""
    return Refused(500, "INTERNAL_ERROR", "")
