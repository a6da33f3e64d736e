"""Recipients of shares and their profiles, and the server that gives them what they were granted."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakeward.jobs.report import columns
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.sharing.server import recipients
from lakeward.sharing.server.recipients import Recipient, Token
from lakeward.sharing.server.shares import shares_of

if TYPE_CHECKING:
    from lakeward.sharing.server.app import Server

KEY = "LAKEWARD_SHARE_KEY"
SHORTEST_KEY = 32
LOCAL = ("127.0.0.1", "::1", "localhost")
Profile = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listening:
    """How the server is reached.

    Args:
        endpoint: the address that recipients write, prefix and all.
        host: where it listens.
        port: the same.
        cert: a file with its certificate and those between it and the root, PEM; None for no TLS.
        key: the file with the certificate's key.
        is_behind_proxy: TLS ends at a proxy before it.
    """

    endpoint: str
    host: str
    port: int
    cert: Path | None = None
    key: Path | None = None
    is_behind_proxy: bool = False

    def __post_init__(self) -> None:
        if not self.endpoint.startswith(("http://", "https://")):
            raise UsageError(f"{self.endpoint} is no address", remedy="give --endpoint https://HOST/delta-sharing")
        if self.host not in LOCAL and not self.cert and not self.is_behind_proxy:
            raise UsageError(
                f"tokens and data would go unencrypted to whoever reaches {self.host}",
                remedy="give --cert and --key, or --behind-proxy where a proxy before it speaks TLS",
            )


def checked(grants: Iterable[str], tables: Mapping[str, Table]) -> list[str]:
    """Give names of shares as they are to be granted.

    Raises:
        UsageError: one is no share.
    """
    known, wanted = list(shares_of(tables)), [grant.lower() for grant in grants]
    for grant in wanted:
        if grant != "*" and grant not in {name.lower() for name in known}:
            near = get_close_matches(grant, known, n=1)
            raise UsageError(
                f"there is no share {grant}", remedy=f"did you mean {near[0]}?" if near else f"grant {', '.join(known)}"
            )
    return wanted


@contextmanager
def profile_file(where: str) -> Iterator[Profile]:
    """Give a profile to fill, and write it where only its owner reads it; `-` is standard output.

    The place is taken first, and freed again when something goes wrong: no token is made that nobody gets.

    Raises:
        UsageError: something is there already, or the file cannot be written.
    """
    profile: Profile = {}
    if where == "-":
        yield profile
        print(json.dumps(profile, indent=2))
        return
    file = Path(where)
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as cause:
        raise UsageError(f"{file} is there already", remedy="move it away, or give another --profile") from cause
    except OSError as cause:
        raise UsageError(f"{file} cannot be written: {cause.strerror}", remedy="give another --profile") from cause
    with os.fdopen(handle, "w", encoding="utf-8") as content:
        try:
            yield profile
            content.write(json.dumps(profile, indent=2) + "\n")
        except BaseException:
            file.unlink(missing_ok=True)
            raise


def bearer(profile: Profile, endpoint: str, token: str, kept: Token) -> None:
    """Fill a profile with a token of ours."""
    ends_at = kept.ends_at.replace("+00:00", "Z")
    profile |= {"shareCredentialsVersion": 1, "endpoint": endpoint, "bearerToken": token, "expirationTime": ends_at}


def oauth(profile: Profile, endpoint: str, client_id: str, token_endpoint: str, scope: str) -> None:
    """Fill a profile for one who gets tokens from an identity provider; its secret is theirs to put in."""
    profile |= {
        "shareCredentialsVersion": 2, "type": "oauth_client_credentials", "endpoint": endpoint,
        "tokenEndpoint": token_endpoint, "clientId": client_id, "clientSecret": "PUT-YOUR-SECRET-HERE",
    }  # fmt: skip
    if scope:
        profile["scope"] = scope


def rotate(lake: Lake, name: str, profile: Profile, endpoint: str, days: float, overlap_hours: float) -> Recipient:
    """Give a recipient a new token."""
    held = recipients.find(lake, name)
    token, kept = recipients.new_token(days)
    fresh = recipients.rotated(held, kept, overlap_hours)
    recipients.keep(lake, fresh)
    bearer(profile, endpoint, token, kept)
    return fresh


def grant(lake: Lake, name: str, shares: Sequence[str], *, is_taken: bool) -> Recipient:
    """Grant shares to a recipient, or take them away."""
    held = recipients.find(lake, name)
    now = set(held.grants) - set(shares) if is_taken else set(held.grants) | set(shares)
    fresh = replace(held, grants=tuple(sorted(now)))
    recipients.keep(lake, fresh)
    return fresh


def as_document(lake: Lake, tables: Mapping[str, Table]) -> dict[str, Any]:
    """Give recipients and shares for machines; hashes of tokens are left out."""
    told = [
        {
            "name": each.name, "grants": list(each.grants), "state": _state(each), "client_id": each.client_id,
            "contact": each.contact, "made_at": each.made_at, "revoked_at": each.revoked_at,
            "tokens": [{"id": token.id, "ends_at": token.ends_at} for token in each.tokens],
        }
        for each in recipients.all_of(lake)
    ]  # fmt: skip
    return {"schema": "lakeward.share/1", "recipients": told, "shares": shares_of(tables)}


def as_text(told: Mapping[str, Any]) -> str:
    """Give the same for people."""
    held = [
        (each["name"], ", ".join(each["grants"]) or "none", each["state"], each["contact"])
        for each in told["recipients"]
    ]
    shares = [(name, ", ".join(tables)) for name, tables in told["shares"].items()]
    first = (
        columns(held, ("recipient", "may read", "", "contact")) if held else "no recipients yet: `lakeward share add`"
    )
    return f"{first}\n\n{columns(shares, ('share', 'tables'))}"


def _state(who: Recipient) -> str:
    if who.revoked_at:
        return "revoked"
    if who.client_id:
        return f"as {who.client_id} of the identity provider"
    ends = max((token.ends_at for token in who.tokens if not token.is_over), default="")
    if not ends:
        return "expired: `lakeward share rotate` gives a new token"
    return f"{(datetime.fromisoformat(ends) - datetime.now(UTC)).days} days left"


def server(lake: Lake, tables: Mapping[str, Table], listening: Listening, issuer: Any, rate: str) -> Server:
    """Put a server together."""
    from lakeward.sharing.server.app import Server
    from lakeward.sharing.server.door import Door
    from lakeward.sharing.server.journal import Journal
    from lakeward.sharing.server.pages import Seal
    from lakeward.sharing.server.shares import Shares
    from lakeward.sharing.server.standing import Standing
    from lakeward.sharing.server.urls import urls

    secret = _secret()
    directory, endpoint = recipients.Directory(lake, 1.0), listening.endpoint.rstrip("/")
    return Server(
        Shares.declared(lake, tables),
        directory,
        Door(directory, issuer, rate),
        urls(lake, endpoint, hmac.digest(secret, b"urls", "sha256")),
        Seal(hmac.digest(secret, b"pages", "sha256")),
        Journal(lake),
        Standing(lake),
        endpoint,
    )


def serve(made: Server, listening: Listening) -> None:
    """Answer until a signal ends it; what was asked is recorded by then."""
    import uvicorn

    uvicorn.run(
        made.app(), host=listening.host, port=listening.port, access_log=False, log_level="warning",
        server_header=False, ssl_certfile=listening.cert, ssl_keyfile=listening.key,
        ssl_version=ssl.PROTOCOL_TLS_SERVER, forwarded_allow_ips="*" if listening.is_behind_proxy else None,
        timeout_graceful_shutdown=10,
    )  # fmt: skip


def _secret() -> bytes:
    told = os.environ.get(KEY)
    if told is None:
        return secrets.token_bytes(SHORTEST_KEY)
    if len(told) < SHORTEST_KEY:
        raise UsageError(
            f"{KEY} has fewer than {SHORTEST_KEY} characters", remedy="take what `openssl rand -base64 32` gives"
        )
    return hashlib.sha256(told.encode()).digest()
