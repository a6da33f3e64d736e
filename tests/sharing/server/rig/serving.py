"""`lakeward share serve` as a process of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def served(asked: list[str], port: int) -> Iterator[subprocess.Popen[str]]:
    """Start it and wait until it answers; it is killed at the end of the block, where it has not ended."""
    command = [sys.executable, "-m", "lakeward.jobs.cli", "share", "serve", *asked]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as server:
        try:
            for _ in range(600):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield server
        finally:
            server.kill()


def free_port() -> int:
    """Give a port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
