"""Writes every request into the journal: who asked for what, what it was answered, and how many bytes went out."""

from __future__ import annotations

import time
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lakeward.sharing.server.journal import Journal
from lakeward.sharing.server.refusals import Refused

FACTS = "lakeward.facts"
LONGEST_CLIENT = 200


class Recorded:
    """A layer around the application.

    Args:
        app: the application; it puts what it knows into the scope's `FACTS`.
        journal: takes the rows.
    """

    def __init__(self, app: ASGIApp, journal: Journal) -> None:
        self._app, self._journal = app, journal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and record it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope[FACTS] = facts = {"status": 500, "bytes": 0}
        began = time.monotonic()

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                facts["status"] = message["status"]
            facts["bytes"] += len(message.get("body", b""))
            await send(message)

        try:
            if self._journal.is_full:
                await _closed(send)
            else:
                await self._app(scope, receive, counted)
        finally:
            headers = dict(scope["headers"])
            self._journal.add(
                address=(scope.get("client") or ("",))[0],
                client=headers.get(b"user-agent", b"").decode("latin-1")[:LONGEST_CLIENT],
                took_ms=round((time.monotonic() - began) * 1000),
                **facts,
            )


async def _closed(send: Send) -> None:
    body = Refused(503, "UNAVAILABLE", "requests cannot be recorded at the moment: try again later").body
    headers: list[Any] = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 503, "headers": [*headers, (b"retry-after", b"60")]})
    await send({"type": "http.response.body", "body": body})
