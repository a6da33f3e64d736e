"""What can happen to processes: one of the driver's, of Spark's or of Ceph's is killed when a drawn request comes by."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from asyncio import StreamWriter
from pathlib import Path

from mishaps import Mishap
from stand import Stand
from wire import Act, Gone, Request, Wire

CEPH_DEV = Path(__file__).parents[2] / "deploy" / "ceph-dev"
AWAY_SECONDS = 3.0


def ceph_dev(*arguments: str) -> None:
    """Run a command of the dev cluster.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    subprocess.run([sys.executable, str(CEPH_DEV), *arguments], check=True, capture_output=True, timeout=300)


def blows(stand: Stand) -> tuple[Mishap, ...]:
    """Give what can be killed here; each comes back by itself but the driver."""
    return (
        Mishap("driver killed", lambda at: _killing_driver(stand, is_done=at < 0.5), is_once=True),
        Mishap("gateway killed", lambda at: _killing(("kill-gateway",), ("start-gateway",)), is_once=True),
        Mishap("one OSD killed", lambda at: _killing(("kill-osd", "1"), ("start-osd", "1")), is_once=True),
        Mishap(
            "two OSDs killed",
            lambda at: _killing(("kill-osd", "1"), ("kill-osd", "2"), ("start-osd", "1"), ("start-osd", "2")),
            is_once=True,
        ),
        *(_of_spark(stand) if stand.has_executors else ()),
    )


def _of_spark(stand: Stand) -> tuple[Mishap, ...]:
    at = ("write", "data")  # what tasks do
    back = (("kill-worker", "1"), ("start-worker", "1"))
    return (
        Mishap("executors killed", lambda at: _killing_executors(stand, is_done=at < 0.5), is_once=True, at=at),
        Mishap("Spark worker killed", lambda at: _killing(*back), is_once=True, at=at),
    )


def _killing_driver(stand: Stand, *, is_done: bool) -> Act:
    async def act(wire: Wire, request: Request, writer: StreamWriter) -> None:
        if is_done:
            await wire.ask(request)
        stand.kill_driver()
        raise Gone

    return act


def _killing_executors(stand: Stand, *, is_done: bool) -> Act:
    """Kill every executor at work, before or after the store has heard of the request."""

    async def act(wire: Wire, request: Request, writer: StreamWriter) -> None:
        if is_done:
            await wire.ask(request)
        await asyncio.to_thread(stand.kill_executors)
        raise Gone

    return act


def _killing(*commands: tuple[str, ...]) -> Act:
    """Kill, send the request on, and start what was killed a while later."""
    kills, starts = commands[: len(commands) // 2], commands[len(commands) // 2 :]

    async def start() -> None:
        await asyncio.sleep(AWAY_SECONDS)
        for each in starts:
            await asyncio.to_thread(ceph_dev, *each)

    async def act(wire: Wire, request: Request, writer: StreamWriter) -> None:
        for each in kills:
            await asyncio.to_thread(ceph_dev, *each)
        wire.keep(asyncio.create_task(start()))
        head, body = await wire.ask(request)
        writer.write(head + body)

    return act
