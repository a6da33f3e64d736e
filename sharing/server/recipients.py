"""Who may read which shares: one small file each in the lake, with hashes of tokens and never a token."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock

from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
FOLDER = "_recipients"
NOBODY = hashlib.sha256(b"nobody's token").hexdigest()


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token.

    Args:
        id: its first part, by which it is found; no secret.
        sha256: of the whole token.
        ends_at: when it ends, ISO 8601 in UTC.
    """

    id: str
    sha256: str
    ends_at: str

    @property
    def is_over(self) -> bool:
        """True when its time is over."""
        return datetime.fromisoformat(self.ends_at) <= datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Recipient:
    """Someone who reads shares.

    Args:
        name: as the agency calls them.
        id: what stands for them in addresses.
        grants: shares, in lower case; `*` for all.
        tokens: those that may be good.
        client_id: what their identity provider calls them, where they come with tokens of its own; else empty.
        made_at: ISO 8601 in UTC.
        revoked_at: the same; empty while they may read.
        contact: who to write to.
    """

    name: str
    id: str
    grants: tuple[str, ...]
    tokens: tuple[Token, ...] = ()
    client_id: str = ""
    made_at: str = ""
    revoked_at: str = ""
    contact: str = ""

    def may_read(self, share: str) -> bool:
        """Say whether a share is granted."""
        return "*" in self.grants or share.lower() in self.grants


def new_token(days: float) -> tuple[str, Token]:
    """Make a token, and what is kept of it."""
    name = secrets.token_hex(6)
    token = f"{name}.{secrets.token_urlsafe(32)}"
    ends_at = (datetime.now(UTC) + timedelta(days=days)).isoformat(timespec="seconds")
    return token, Token(name, hashlib.sha256(token.encode()).hexdigest(), ends_at)


def all_of(lake: Lake) -> list[Recipient]:
    """Read every recipient, by name."""
    folder = lake.root / FOLDER
    return [_read(file) for file in sorted(folder.glob("*.json"))] if folder.is_dir() else []


def find(lake: Lake, name: str) -> Recipient:
    """Give a recipient by name.

    Raises:
        UsageError: there is none.
    """
    file = _file(lake, name)
    if not file.is_file():
        raise UsageError(f"no recipient is called {name}", remedy="`lakeward share list` names them")
    return _read(file)


def exists(lake: Lake, name: str) -> bool:
    """Say whether a name is taken.

    Raises:
        UsageError: it cannot be a name.
    """
    return _file(lake, name).is_file()


def keep(lake: Lake, recipient: Recipient) -> None:
    """Write what is known of a recipient, whole or not at all."""
    told = json.dumps(asdict(recipient), ensure_ascii=False, indent=1) + "\n"
    lake.store.replace(_file(lake, recipient.name), told)


def made(name: str, grants: Iterable[str], token: Token | None, client_id: str = "", contact: str = "") -> Recipient:
    """Make a recipient."""
    return Recipient(
        name, secrets.token_hex(8), tuple(sorted({grant.lower() for grant in grants})),
        (token,) if token else (), client_id, datetime.now(UTC).isoformat(timespec="seconds"), "", contact,
    )  # fmt: skip


def rotated(recipient: Recipient, token: Token, overlap_hours: float) -> Recipient:
    """Give a recipient another token; those before it end, at once or after some hours."""
    last = (datetime.now(UTC) + timedelta(hours=overlap_hours)).isoformat(timespec="seconds")
    old = (replace(each, ends_at=min(each.ends_at, last)) for each in recipient.tokens if not each.is_over)
    held = [each for each in old if overlap_hours > 0]
    return replace(recipient, tokens=(*held, token), revoked_at="")


def revoked(recipient: Recipient) -> Recipient:
    """Let a recipient read no more."""
    return replace(recipient, tokens=(), revoked_at=datetime.now(UTC).isoformat(timespec="seconds"))


class Directory:
    """The recipients as the server knows them: read again after a while, so that a change is felt soon.

    Args:
        lake: the lake.
        seconds: how old what is known may be.
    """

    def __init__(self, lake: Lake, seconds: float) -> None:
        self._lake, self._seconds, self._lock = lake, seconds, Lock()
        self._read_at = float("-inf")
        self._all: Sequence[Recipient] = ()

    def everyone(self) -> Sequence[Recipient]:
        """Give every recipient."""
        with self._lock:
            if time.monotonic() - self._read_at >= self._seconds:
                self._all = all_of(self._lake)
                self._read_at = time.monotonic()
            return self._all

    def by_token(self, token: str) -> Recipient | None:
        """Give who a token belongs to; None for one that is wrong, over or revoked, after the same time."""
        name, digest = token.partition(".")[0], hashlib.sha256(token.encode()).hexdigest()
        held = {each.id: (each, who) for who in self.everyone() for each in who.tokens}
        kept, who = held.get(name, (None, None))
        is_right = hmac.compare_digest(digest, kept.sha256 if kept else NOBODY)
        return who if is_right and kept and not kept.is_over and who and not who.revoked_at else None

    def by_client(self, client_id: str) -> Recipient | None:
        """Give who an identity provider means."""
        return next((who for who in self.everyone() if who.client_id == client_id and not who.revoked_at), None)

    def by_id(self, number: str) -> Recipient | None:
        """Give who an address was made for."""
        return next((who for who in self.everyone() if who.id == number and not who.revoked_at), None)


def _file(lake: Lake, name: str) -> Path:
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} cannot be a recipient's name", remedy="write it in a-z, 0-9, - and _, as taipei-transport"
        )
    return lake.root / FOLDER / f"{name}.json"


def _read(file: Path) -> Recipient:
    try:
        told = json.loads(file.read_text("utf-8"))
        tokens = tuple(Token(**token) for token in told.pop("tokens"))
        return Recipient(**{**told, "grants": tuple(told["grants"]), "tokens": tokens})
    except (ValueError, KeyError, TypeError) as cause:
        raise UsageError(
            f"{file.name} is not what lakeward wrote", remedy=f"remove {file} and add them again"
        ) from cause
