"""A recipient's profile file of Delta Sharing, and requests to the server that it names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from lakeward.lake.errors import TryAgainLater, UsageError

if TYPE_CHECKING:
    from urllib3 import BaseHTTPResponse

SECONDS = 60
LATER = (429, 500, 502, 503, 504)
ENCRYPTED = re.compile(r"https://|http://(127\.0\.0\.1|localhost)[:/]")
"""Or it does not leave this machine."""
READS_ONE = "read version 2 and other kinds with the delta-sharing client; ask the provider for a bearer token"


@dataclass(frozen=True, slots=True)
class Profile:
    """Where a share is, and what lets its holder in.

    Args:
        endpoint: the server's address, without a slash at its end.
        token: the bearer token; no message ever shows it.
        until: when it ends, as the file says it; empty where it does not.
    """

    endpoint: str
    token: str = field(repr=False)
    until: str = ""

    @classmethod
    def read(cls, file: Path) -> Profile:
        """Read a profile file of version 1.

        Raises:
            UsageError: it is none.
        """
        try:
            told = json.loads(file.read_text("utf-8"))
            version, endpoint = told["shareCredentialsVersion"], str(told["endpoint"])
        except (ValueError, KeyError, TypeError) as cause:
            raise UsageError(f"{file} is no sharing profile", remedy="give the file that the provider sent") from cause
        if version != 1 or "bearerToken" not in told:
            raise UsageError(f"{file} is of a kind that is not read here", remedy=READS_ONE)
        if not ENCRYPTED.match(endpoint):
            raise UsageError(f"{endpoint} would get the token unencrypted", remedy="ask the provider for an https one")
        return cls(endpoint.rstrip("/"), str(told["bearerToken"]), str(told.get("expirationTime") or ""))

    def listed(self, *path: str) -> Iterator[dict[str, Any]]:
        """List what lies at a path, page by page."""
        token = ""
        while True:
            page = json.loads(self._asked("GET", path, {"pageToken": token} if token else None).data)
            yield from page.get("items") or ()
            token = page.get("nextPageToken") or ""
            if not token:
                return

    def lines(self, *path: str, body: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Ask about a table; give the answer's lines in the parquet format."""
        answer = self._asked("GET" if body is None else "POST", path, body=body)
        return [json.loads(line) for line in answer.data.splitlines() if line.strip()]

    def file(self, url: str) -> bytes:
        """Fetch a file by the address that the server gave, which holds all that lets one in."""
        return self._answered("GET", url, what="a file of the share").data

    def _asked(
        self, method: str, path: tuple[str, ...], fields: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> BaseHTTPResponse:  # fmt: skip
        given = {"Authorization": f"Bearer {self.token}", "delta-sharing-capabilities": "responseformat=parquet"}
        url = "/".join((self.endpoint, *(quote(each, safe="") for each in path)))
        more: dict[str, Any] = {"fields": fields} if body is None else {"json": body}
        return self._answered(method, url, what="/".join(path), headers=given, **more)

    def _answered(self, method: str, url: str, *, what: str, **how: Any) -> BaseHTTPResponse:
        import urllib3

        tries = urllib3.Retry(
            3, status_forcelist=LATER, allowed_methods=None, backoff_factor=0.5, raise_on_status=False
        )
        try:
            answer = urllib3.request(method, url, timeout=SECONDS, retries=tries, **how)
        except urllib3.exceptions.HTTPError as cause:
            problem = f"the sharing server does not answer at {self.endpoint}"
            remedy = "is the address right and the network there? Then again later"
            raise TryAgainLater(problem, remedy=remedy) from cause
        if answer.status in LATER:
            raise TryAgainLater(f"the sharing server answers {answer.status} for {what}", remedy="again later")
        if answer.status >= 400:
            problem = f"the sharing server refuses {what}: {_reason(answer)}"
            raise UsageError(problem, remedy=self._remedy(answer.status))
        return answer

    def _remedy(self, status: int) -> str:
        until = f"; the profile's token ends {self.until}" if self.until else ""
        return {
            401: f"ask the provider for a new profile{until}",
            403: f"ask the provider for a grant{until}",
        }.get(status, "tables() lists what there is")


def _reason(answer: BaseHTTPResponse) -> str:
    try:
        told = json.loads(answer.data)
        return f"{answer.status} {told.get('message') or told.get('errorCode') or ''}".strip()
    except (ValueError, AttributeError):
        return str(answer.status)
