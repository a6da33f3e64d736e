"""A small TCP proxy before the S3 gateway, on which faults happen to chosen requests.

Each request is read whole, sent on over a connection of its own, and its answer is read whole before anything of it is
given back. So a fault is placed exactly: before the store saw the request, after it did, or in the middle of a body.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

WRITES = ("PUT", "POST", "DELETE")
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Gone(Exception):
    """The connection to the client is to be closed without a word."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request, whole."""

    method: str
    path: str
    head: bytes
    body: bytes

    @property
    def is_write(self) -> bool:
        """True when it changes the store."""
        return self.method in WRITES

    @property
    def about(self) -> str:
        """Say what it is about: a table's log, its data, a release, or a look around."""
        name = self.path.partition("?")[0]
        if "/published/" in name:
            return "release"
        if "/_delta_log/" in name:
            return "log"
        return "data" if name.endswith(".parquet") else "other"

    @property
    def raw(self) -> bytes:
        """Give it as it goes to the store."""
        return self.head + self.body


Act = Callable[["Wire", Request, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@dataclass(slots=True)
class Trap:
    """A fault that waits for its request.

    Args:
        takes: says whether it is meant for a request.
        nth: for which of those it acts first, counted from 0.
        times: for how many of them from there on.
        act: what it does; it answers, or raises `Gone`.
    """

    takes: Callable[[Request], bool]
    nth: int
    times: int
    act: Act
    seen: int = 0
    hits: list[Request] = field(default_factory=list)

    def catches(self, request: Request) -> bool:
        """Count a request, and say whether the fault happens to it."""
        if not self.takes(request):
            return False
        self.seen += 1
        if self.nth < self.seen <= self.nth + self.times:
            self.hits.append(request)
            return True
        return False


class Wire:
    """The proxy; `with Wire(port) as endpoint` runs it in a thread of its own."""

    def __init__(self, port: int) -> None:
        self._store, self._loop = port, asyncio.new_event_loop()
        self._traps: tuple[Trap, ...] = ()
        self._open: set[asyncio.StreamWriter] = set()
        self._kept: list[asyncio.Task[None]] = []
        self.counts: Counter[tuple[str, str]] = Counter()
        self.is_cut = False
        self.last = 0.0

    def __enter__(self) -> str:
        """Start it and give its address."""
        ready: list[int] = []
        up = threading.Event()

        async def serve() -> None:
            self._server = await asyncio.start_server(self._client, "127.0.0.1", 0, limit=1 << 20)
            ready.append(self._server.sockets[0].getsockname()[1])
            up.set()

        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(serve(), self._loop)
        up.wait()
        return f"http://127.0.0.1:{ready[0]}"

    def __exit__(self, *_: object) -> None:
        async def end() -> None:
            self._server.close()
            for each in asyncio.all_tasks() - {asyncio.current_task()}:
                each.cancel()

        asyncio.run_coroutine_threadsafe(end(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def set(self, *traps: Trap) -> None:
        """Lay traps in place of those that lie, count anew, and let requests through again."""
        self._traps, self.counts, self.is_cut = traps, Counter(), False

    def keep(self, task: asyncio.Task[None]) -> None:
        """Have something done beside the requests; `wait` waits for it."""
        self._kept.append(task)

    def wait(self) -> None:
        """Wait for what is done beside the requests."""
        while self._kept:
            asyncio.run_coroutine_threadsafe(asyncio.wait([self._kept.pop()]), self._loop).result()

    def settle(self, quiet_s: float, within_s: float) -> None:
        """Wait until nobody has come for a while."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < min(self.last + quiet_s, deadline):
            time.sleep(0.05)

    def cut(self) -> None:
        """Let nothing through any more, in neither direction, as when the machine behind it lost power."""
        self.is_cut = True
        for writer in list(self._open):
            writer.transport.abort()

    async def ask(self, request: Request, *, upto: float = 1.0) -> tuple[bytes, bytes]:
        """Send a request to the store, or a part of its bytes, and give the answer's head and body.

        Raises:
            OSError: the store is away.
            EOFError: it gave no whole answer.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", self._store, limit=1 << 20)
        try:
            whole = request.raw
            writer.write(whole if upto == 1.0 else whole[: len(request.head) + int(upto * len(request.body))])
            await writer.drain()
            if upto < 1.0:
                return b"", b""
            head = await reader.readuntil(b"\r\n\r\n")
            while head.startswith(b"HTTP/1.1 100"):
                head = await reader.readuntil(b"\r\n\r\n")
            return head, await _body(reader, head, is_bare=request.method == "HEAD")
        finally:
            writer.close()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.last = time.monotonic()
        self._open.add(writer)
        try:
            with suppress(Gone, OSError, EOFError, asyncio.CancelledError):
                while not self.is_cut:
                    await self._one(await _request(reader, writer), writer)
        finally:
            self._open.discard(writer)
            with suppress(OSError):
                writer.transport.abort()

    async def _one(self, request: Request, writer: asyncio.StreamWriter) -> None:
        self.last = time.monotonic()
        self.counts["write" if request.is_write else "read", request.about] += 1
        caught = [trap for trap in self._traps if trap.catches(request)]
        if caught:
            await caught[0].act(self, request, writer)
        else:
            head, body = await self.ask(request)
            writer.write(head + body)
        if self.is_cut:
            raise Gone
        await writer.drain()


async def _request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Request:
    head = await reader.readuntil(b"\r\n\r\n")
    told = _fields(head)
    if b"expect" in told:
        writer.write(CONTINUE)
        head = b"\r\n".join(line for line in head.split(b"\r\n") if not line.lower().startswith(b"expect:"))
    method, path, _ = head.split(b" ", 2)
    body = await reader.readexactly(int(told.get(b"content-length", b"0")))
    return Request(method.decode(), path.decode(), head, body)


async def _body(reader: asyncio.StreamReader, head: bytes, *, is_bare: bool) -> bytes:
    told = _fields(head)
    if is_bare or head.split(b" ", 2)[1] in (b"204", b"304"):
        return b""
    if told.get(b"transfer-encoding") == b"chunked":
        parts = []
        while True:
            size = await reader.readuntil(b"\r\n")
            parts.append(size + await reader.readexactly(int(size, 16) + 2))
            if int(size, 16) == 0:
                return b"".join(parts)
    return await reader.readexactly(int(told.get(b"content-length", b"0")))


def _fields(head: bytes) -> dict[bytes, bytes]:
    pairs = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
