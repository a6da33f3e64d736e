"""The protocol's endpoints as an ASGI application."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Route

from lakeward.lake.store import is_local
from lakeward.sharing.server import answers, asked, refusals
from lakeward.sharing.server.answers import Answer, Asking
from lakeward.sharing.server.capabilities import Capabilities
from lakeward.sharing.server.changes import files_since, row_changes
from lakeward.sharing.server.door import Door
from lakeward.sharing.server.journal import Journal
from lakeward.sharing.server.listing import View
from lakeward.sharing.server.pages import Seal
from lakeward.sharing.server.recipients import Directory, Recipient
from lakeward.sharing.server.recorded import FACTS, Recorded
from lakeward.sharing.server.refusals import Refused
from lakeward.sharing.server.shares import Shared, Shares
from lakeward.sharing.server.standing import Standing
from lakeward.sharing.server.urls import OwnUrls, StoreUrls

LARGEST_BODY, BODY_SECONDS, CHUNK = 1 << 20, 30, 1 << 20
NDJSON = "application/x-ndjson; charset=utf-8"
GUARDED = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "private, no-store"}
TABLE = "/shares/{share}/schemas/{schema}/tables/{table}"


@dataclass(frozen=True, slots=True)
class Server:
    """What the endpoints stand on.

    Args:
        shares: what is shared.
        directory: with whom.
        door: lets them in.
        urls: signs addresses of files.
        seal: signs tokens.
        journal: keeps what they did.
        standing: keeps the files of versions that they have addresses of.
        endpoint: where recipients reach the server.
    """

    shares: Shares
    directory: Directory
    door: Door
    urls: OwnUrls | StoreUrls
    seal: Seal
    journal: Journal
    standing: Standing
    endpoint: str

    def app(self) -> Starlette:
        """Give the application."""

        @asynccontextmanager
        async def life(_: Starlette) -> AsyncIterator[None]:
            self.journal.start()
            yield
            await run_in_threadpool(self.journal.close)

        prefix = urlsplit(self.endpoint).path.rstrip("/")
        app = Starlette(
            routes=[
                *(Route(prefix + path, self._listed(give)) for path, give in LISTED.items()),
                *(Route(prefix + path, self._told(give), methods=[verb]) for verb, path, give in TOLD),
                Route(f"{prefix}/files/{{table}}/{{name:path}}", self._file),
            ],
            lifespan=life,
            middleware=[Middleware(Recorded, journal=self.journal)],
            exception_handlers={Refused: _refused, HTTPException: _by_starlette, Exception: _ours},
        )
        app.router.redirect_slashes = False
        return app

    def _admitted(self, request: Request) -> Recipient:
        who = self.door.admit(request.headers, request.client.host if request.client else "")
        request.scope[FACTS]["recipient"] = who.name
        return who

    def _listed(self, give: Callable[..., dict[str, Any]]) -> Any:
        async def endpoint(request: Request) -> Response:
            request.scope[FACTS].update(action="list", share=request.path_params.get("share"))

            def work() -> dict[str, Any]:
                view = View(self.shares, self._admitted(request), self.seal)
                return give(view, request.query_params, **request.path_params)

            told = json.dumps(await run_in_threadpool(work), ensure_ascii=False)
            return Response(told, media_type="application/json", headers=GUARDED)

        return endpoint

    def _told(self, give: Callable[[Asking, Request, bytes], Answer]) -> Any:
        async def endpoint(request: Request) -> Response:
            facts, names = request.scope[FACTS], request.path_params
            facts.update(action=give.__name__, share=names["share"], schema=names["schema"], table_name=names["table"])
            who = await run_in_threadpool(self._admitted, request)  # before a body of theirs is read
            content = await _body(request) if request.method == "POST" else b""

            def work() -> Answer:
                view = View(self.shares, who, self.seal)
                table = view.table(names["share"], names["schema"], names["table"])
                return give(self._asking(request, who, table), request, content)

            answer = await run_in_threadpool(work)
            facts.update(version=answer.version, files=answer.files)
            headers = {**GUARDED, **answer.headers, "Delta-Table-Version": str(answer.version)}
            return Response(answer.body, media_type=NDJSON if answer.form else None, headers=headers)

        return endpoint

    def _asking(self, request: Request, who: Recipient, table: Shared) -> Asking:
        return Asking(
            table.log,
            Capabilities.told(request.headers),
            self.seal,
            table.key,
            partial(self.urls.signing, who.id, table.table),
            partial(self.standing.hold, table.table),
        )

    async def _file(self, request: Request) -> Response:
        facts = request.scope[FACTS]
        table, name = request.path_params["table"], request.path_params["name"]
        facts.update(action="file", table_name=table)

        def work() -> Path:
            if not isinstance(self.urls, OwnUrls):
                raise refusals.unknown()
            reader = self.directory.by_id(self.urls.reader_of(table, name, request.query_params))
            shared = self.shares.of_lake(table)
            if reader is None or shared is None or not reader.may_read(shared.share):
                raise refusals.forbidden()
            facts.update(recipient=reader.name, share=shared.share, schema=shared.schema, table_name=shared.name)
            return self.urls.file(table, name)

        file = await run_in_threadpool(work)
        facts["files"] = 1
        if is_local(str(file)):
            return FileResponse(file, media_type="application/octet-stream", headers=GUARDED)
        headers = {**GUARDED, "Content-Length": str(file.stat().st_size)}
        content = () if request.method == "HEAD" else _chunks(file)
        return StreamingResponse(content, media_type="application/octet-stream", headers=headers)


def version(asking: Asking, request: Request, _: bytes) -> Answer:
    """Answer which version is the newest, or the first since a time."""
    when = asked.instant(request.query_params, "startingTimestamp")
    return Answer(asking.newest() if when is None else asking.since(when))


def metadata(asking: Asking, request: Request, _: bytes) -> Answer:
    """Answer what a table is."""
    told = request.query_params
    return answers.metadata(asking, asked.whole(told, "version"), asked.instant(told, "timestamp"))


def query(asking: Asking, _: Request, content: bytes) -> Answer:
    """Answer which files a table has, or which came and went."""
    told = asked.Query.read(content)
    return answers.query(asking, told) if told.starting_version is None else files_since(asking, told)


def changes(asking: Asking, request: Request, _: bytes) -> Answer:
    """Answer which rows changed."""
    return row_changes(asking, asked.Changes.read(request.query_params))


def waiting(*_: object) -> Answer:
    """Answer for queries that take their time, of which there are none."""
    raise refusals.unknown("no query waits: this server answers each at once")


def credentials(*_: object) -> Answer:
    """Answer for credentials to a table's folder, which nobody gets."""
    raise refusals.unsupported("tables are read by addresses of their files, not by their folder: send a query")


async def _body(request: Request) -> bytes:
    content = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                content += chunk
                if len(content) > LARGEST_BODY:
                    raise refusals.too_large(LARGEST_BODY)
    except (TimeoutError, ClientDisconnect) as cause:
        raise Refused(408, "MALFORMED_REQUEST", "the body did not come") from cause
    return bytes(content)


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while chunk := content.read(CHUNK):
            yield chunk


async def _refused(request: Request, refused: Exception) -> Response:
    assert isinstance(refused, Refused)  # noqa: S101  # Starlette's handlers are told apart by type
    request.scope[FACTS]["error"] = refused.code
    return Response(refused.body, refused.status, {**GUARDED, **refused.headers}, "application/json")


async def _by_starlette(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 400)
    told = {404: "there is nothing at this address", 405: "this address is asked in another way"}.get(status, "")
    code = "RESOURCE_DOES_NOT_EXIST" if status == 404 else "MALFORMED_REQUEST"
    return await _refused(request, Refused(status, code, told, getattr(error, "headers", None) or {}))


async def _ours(request: Request, _: Exception) -> Response:
    return await _refused(request, refusals.internal())


LISTED: dict[str, Callable[..., dict[str, Any]]] = {
    "/shares": View.all_shares,
    "/shares/{share}": View.share,
    "/shares/{share}/schemas": View.schemas,
    "/shares/{share}/all-tables": View.tables,
    "/shares/{share}/schemas/{schema}/tables": View.tables,
}
TOLD = (
    ("HEAD", TABLE, version),
    ("GET", f"{TABLE}/version", version),
    ("GET", f"{TABLE}/metadata", metadata),
    ("POST", f"{TABLE}/query", query),
    ("GET", f"{TABLE}/changes", changes),
    ("POST", f"{TABLE}/queries/{{query}}", waiting),
    ("POST", f"{TABLE}/temporary-table-credentials", credentials),
)
