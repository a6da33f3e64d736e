"""What can happen to a request on its way to the store and back, and how a seed draws it."""

from __future__ import annotations

import asyncio
import re
from asyncio import StreamWriter
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random

from wire import Act, Gone, Request, Trap, Wire

ALWAYS = 1 << 30
PATIENCE_SECONDS = 2
"""How long the drivers of the trials wait for an answer."""
MOSTLY_WRITES = 0.7


@dataclass(frozen=True, slots=True)
class Mishap:
    """One kind of thing that happens.

    Args:
        kind: its name in the table of results.
        make: gives what it does, with a fraction that says where bytes are cut.
        takes: says to which requests it can happen.
        lasts: it goes on until the run has ended, so that no patience helps.
        is_once: it happens at one request only.
        at: the way and the subject of the requests to which alone it can happen; by default they are drawn.
    """

    kind: str
    make: Callable[[float], Act]
    takes: Callable[[Request], bool] = lambda request: True
    lasts: bool = False
    is_once: bool = False
    at: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """A fault that came to pass.

    Args:
        kind: its name in the table of results.
        is_inside: it happened to a request that writes.
        text: to what it happened.
    """

    kind: str
    is_inside: bool
    text: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mishap and the trap that waits for its request."""

    mishap: Mishap
    trap: Trap

    @property
    def happened(self) -> list[Happened]:
        """List what came of it; one that lasts is one."""
        hits = self.trap.hits[:1] if self.mishap.lasts else self.trap.hits
        return [Happened(self.mishap.kind, each.is_write, f"{each.method} {each.path[:110]}") for each in hits]


def is_read_with_content(request: Request) -> bool:
    """True for requests whose answer is the content of a file."""
    return request.method == "GET" and "?" not in request.path and request.about != "other"


def is_put(request: Request) -> bool:
    """True for requests that bring a file's content."""
    return request.method == "PUT" and len(request.body) > 1


def refused(code: int, word: str) -> Act:
    """Answer with an error of S3's in place of the store."""
    body = f"<Error><Code>{word}</Code><Message>made by the test</Message></Error>".encode()
    head = f"HTTP/1.1 {code} {word}\r\nContent-Type: application/xml\r\nContent-Length: {len(body)}\r\n\r\n".encode()

    async def act(wire: Wire, request: Request, writer: StreamWriter) -> None:
        writer.write(head if request.method == "HEAD" else head + body)

    return act


def done_but_refused(code: int, word: str) -> Act:
    """Have the store do it, and say that it could not."""
    lie = refused(code, word)

    async def act(wire: Wire, request: Request, writer: StreamWriter) -> None:
        await wire.ask(request)
        await lie(wire, request, writer)

    return act


async def reset(wire: Wire, request: Request, writer: StreamWriter) -> None:
    """Close the connection before the store has heard of it."""
    raise Gone


async def answer_lost(wire: Wire, request: Request, writer: StreamWriter) -> None:
    """Have the store do it, and close the connection."""
    await wire.ask(request)
    raise Gone


async def silent(wire: Wire, request: Request, writer: StreamWriter) -> None:
    """Take the request, tell nobody of it, answer nothing."""
    await asyncio.sleep(PATIENCE_SECONDS + 1)
    raise Gone


async def done_after_all(wire: Wire, request: Request, writer: StreamWriter) -> None:
    """Bring the request to the store when the client has long since sent it again."""
    await asyncio.sleep(PATIENCE_SECONDS + 0.5)
    await wire.ask(request)
    raise Gone


async def twice(wire: Wire, request: Request, writer: StreamWriter) -> None:
    """Bring the request to the store two times; the second answer comes back."""
    await wire.ask(request)
    head, body = await wire.ask(request)
    writer.write(head + body)


async def held_up(wire: Wire, request: Request, writer: StreamWriter) -> None:
    """Let others go first."""
    await asyncio.sleep(PATIENCE_SECONDS / 4)
    head, body = await wire.ask(request)
    writer.write(head + body)


async def slow(wire: Wire, request: Request, writer: StreamWriter) -> None:
    """Give the answer in small pieces."""
    head, body = await wire.ask(request)
    whole = head + body
    step = len(whole) // 8 + 1
    for at in range(0, len(whole), step):
        writer.write(whole[at : at + step])
        await writer.drain()
        await asyncio.sleep(PATIENCE_SECONDS / 20)


def request_cut(fraction: float) -> Act:
    """Bring a part of the content to the store, and no more."""

    async def act(wire: Wire, request: Request, writer: StreamWriter) -> None:
        await wire.ask(request, upto=fraction)
        raise Gone

    return act


def answer_cut(fraction: float) -> Act:
    """Give a part of the content back, and no more."""

    async def act(wire: Wire, request: Request, writer: StreamWriter) -> None:
        head, body = await wire.ask(request)
        writer.write(head + body[: int(fraction * len(body))])
        await writer.drain()
        raise Gone

    return act


def wrong_length(fraction: float) -> Act:
    """Announce more content than comes."""

    async def act(wire: Wire, request: Request, writer: StreamWriter) -> None:
        head, body = await wire.ask(request)
        more = f"Content-Length: {len(body) + 1 + int(fraction * 1000)}".encode()
        writer.write(re.sub(rb"(?i)content-length: *\d+", more, head) + body)
        await writer.drain()
        raise Gone

    return act


STORE = (
    Mishap("503", lambda at: refused(503, "SlowDown")),
    Mishap("500", lambda at: refused(500, "InternalError")),
    Mishap("connection reset", lambda at: reset),
    Mishap("answer lost", lambda at: answer_lost),
    Mishap("done, but answered 503", lambda at: done_but_refused(503, "ServiceUnavailable")),
    Mishap("time-out", lambda at: silent),
    Mishap("delayed beyond its repetition", lambda at: done_after_all, lambda request: request.is_write),
    Mishap("delivered twice", lambda at: twice, lambda request: request.is_write),
    Mishap("held up", lambda at: held_up),
    Mishap("slow", lambda at: slow),
    Mishap("content cut on the way there", request_cut, is_put),
    Mishap("content cut on the way back", answer_cut, is_read_with_content),
    Mishap("wrong length", wrong_length, is_read_with_content),
)
LASTING = (
    Mishap("store goes away", lambda at: reset, lasts=True),
    Mishap("store answers 503 for good", lambda at: refused(503, "SlowDown"), lasts=True),
    Mishap("store is full", lambda at: refused(403, "QuotaExceeded"), is_put, lasts=True),
)


def drawn(mishap: Mishap, dice: Random, usual: Mapping[tuple[str, str], int]) -> Drawn:
    """Draw the request to which a mishap happens.

    Args:
        mishap: what happens.
        dice: the seeded dice.
        usual: how many requests of each way and subject a run without faults makes.
    """
    way = "write" if dice.random() < MOSTLY_WRITES else "read"
    way, about = mishap.at or dice.choice(sorted(each for each in usual if each[0] == way))

    def takes(request: Request) -> bool:
        is_ours = (request.is_write, request.about) == (way == "write", about)
        return mishap.takes(request) and (mishap.lasts or is_ours)

    if mishap.lasts:
        total = sum(Counter(usual).values())
        return Drawn(mishap, Trap(takes, dice.randrange(int(total * 0.8)), ALWAYS, mishap.make(0.0)))
    times = 1 if mishap.is_once else dice.choice((1, 1, 2))
    return Drawn(mishap, Trap(takes, dice.randrange(usual[way, about]), times, mishap.make(dice.uniform(0.05, 0.95))))
