"""The sharing server under load: 200 recipients at once query a table of 1,000 files.

In the same run the same bytes are served as a plain file by the same libraries, so that what the protocol costs is told
apart from what the machine gives. Everything is on the loopback, client and server on the same cores.

    python benchmarks/sharing.py --recipients 200 --rounds 10
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
import pyarrow as pa
import record
from deltalake import write_deltalake

from lakeward.lake.storage import Lake
from lakeward.sharing.server import recipients

TABLE, FILES = "gold.wide", 1000
QUERY = "POST /delta-sharing/shares/made/schemas/gold/tables/wide/query"
MEGA = 1 << 20


def serve(root: Path, port: int) -> None:
    """Serve the lake, and beside it the file `same.bin`."""
    import uvicorn
    from starlette.routing import Mount
    from starlette.staticfiles import StaticFiles

    from lakeward.sharing.server.app import Server
    from lakeward.sharing.server.door import Door
    from lakeward.sharing.server.journal import Journal
    from lakeward.sharing.server.log import Log
    from lakeward.sharing.server.pages import Seal
    from lakeward.sharing.server.shares import Shared, Shares
    from lakeward.sharing.server.standing import Standing
    from lakeward.sharing.server.urls import urls

    lake, endpoint, key = Lake.at(str(root / "lake")), f"http://127.0.0.1:{port}/delta-sharing", b"k" * 32
    directory = recipients.Directory(lake, 1.0)
    made = Server(
        Shares([Shared("made", "gold", "wide", TABLE, Log(lake.table(TABLE)))]), directory, Door(directory, None),
        urls(lake, endpoint, key), Seal(key), Journal(lake), Standing(lake), endpoint,
    )  # fmt: skip
    app = made.app()
    app.router.routes.append(Mount("/plain", StaticFiles(directory=root / "plain")))
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="error", access_log=False)


def prepare(root: Path, count: int) -> list[str]:
    """Make the table and the recipients; give their tokens."""
    lake = Lake.at(str(root / "lake"))
    lake.make()
    numbers = range(FILES * 4)
    rows = pa.table({
        "part": [f"{number % FILES:04}" for number in numbers], "count": list(numbers),
        "name": [f"鄉鎮 {number}" for number in numbers], "ratio": [number / 7 for number in numbers],
    })  # fmt: skip
    write_deltalake(str(lake.table(TABLE)), rows, partition_by=["part"])
    tokens = []
    for number in range(count):
        token, kept = recipients.new_token(1)
        recipients.keep(lake, recipients.made(f"r{number}", ["made"], kept))
        tokens.append(token)
    (root / "plain").mkdir()
    return tokens


async def ask(port: int, request: str, token: str, body: bytes) -> tuple[float, bytes]:
    """Send one request by a connection of its own; give seconds until the last byte, and the body."""
    began = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=4 * MEGA)
    head = f"{request} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    told = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    assert told.startswith("http/1.1 200"), told
    size = int(told.partition("content-length: ")[2].partition("\r\n")[0])
    content = await reader.readexactly(size)
    writer.close()
    return time.perf_counter() - began, content


async def load(port: int, request: str, tokens: list[str], rounds: int, body: bytes) -> list[float]:
    """Let everyone ask at once, each again when the last answer has come."""

    async def one(token: str) -> list[float]:
        return [(await ask(port, request, token, body))[0] for _ in range(rounds)]

    return [seconds for each in await asyncio.gather(*map(one, tokens)) for seconds in each]


def measure(
    port: int, request: str, tokens: list[str], rounds: int, body: bytes, server: psutil.Process
) -> dict[str, float]:
    """Give what one kind of request took, and what the server held before and after, in MiB."""
    held = server.memory_info().rss / MEGA
    cpu, began = sum(server.cpu_times()[:2]), time.perf_counter()
    took = sorted(asyncio.run(load(port, request, tokens, rounds, body)))
    elapsed = time.perf_counter() - began
    return {
        "requests": len(took), "per_second": len(took) / elapsed, "p50_ms": statistics.median(took) * 1000,
        "p99_ms": took[int(len(took) * 0.99)] * 1000, "cpu_ms": (sum(server.cpu_times()[:2]) - cpu) / len(took) * 1000,
        "mib_before": held, "mib_after": server.memory_info().rss / MEGA,
    }  # fmt: skip


def main() -> int:
    """Run it; 1 when memory grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--serve", nargs=2, metavar=("ROOT", "PORT"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve(Path(asked.serve[0]), int(asked.serve[1]))
        return 0
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as probe:
        root, port = Path(folder), int(probe.getsockname()[1])
        probe.close()
        tokens = prepare(root, asked.recipients)
        with subprocess.Popen([sys.executable, __file__, "--serve", folder, str(port)]) as process:
            try:
                found = _measured(port, root, tokens, asked.rounds, psutil.Process(process.pid))
            finally:
                process.terminate()
    print(
        "| way | requests/s | p50 ms | p99 ms | CPU ms a request | MiB before | after |\n|---|--:|--:|--:|--:|--:|--:|"
    )
    for way, told in found.items():
        shown = ("per_second", "p50_ms", "p99_ms", "cpu_ms", "mib_before", "mib_after")
        print(f"| {way} | {' | '.join(f'{told[name]:,.1f}' for name in shown)} |")
    print(f"\nwritten to {record.write('sharing', {'recipients': asked.recipients, 'ways': found})}")
    first, last = found["query"]["mib_after"], found["query with a filter"]["mib_after"]
    return int(last > first * 1.1)


def _measured(
    port: int, root: Path, tokens: list[str], rounds: int, server: psutil.Process
) -> dict[str, dict[str, float]]:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.1)
    _, answer = asyncio.run(ask(port, QUERY, tokens[0], b"{}"))
    assert answer.count(b'"file"') == FILES
    (root / "plain" / "same.bin").write_bytes(answer)
    print(f"{len(tokens)} at once, {rounds} requests each; an answer holds {FILES} files in {len(answer):,} bytes\n")
    hint = b'{"predicateHints": ["part = \'0007\'"]}'
    return {
        "query": measure(port, QUERY, tokens, rounds, b"{}", server),
        "query, again": measure(port, QUERY, tokens, rounds, b"{}", server),
        "query with a filter": measure(port, QUERY, tokens, rounds, hint, server),
        "the same bytes as a file": measure(port, "GET /plain/same.bin", tokens, rounds, b"", server),
    }


if __name__ == "__main__":
    raise SystemExit(main())
