"""Ports of the loopback that nobody listens on."""

from __future__ import annotations

import random
import socket


def free_port() -> int:
    """Give a port that is free, as is the next one (Ceph's monitor takes two).

    It lies below those that outgoing connections borrow, so that a daemon finds it free again after a restart.
    """
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311
        if all(map(_is_free, (port, port + 1))):
            return port


def answers(port: int) -> bool:
    """Say whether somebody listens on a port of the loopback."""
    with socket.socket() as probe:
        probe.settimeout(5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_free(port: int) -> bool:
    return not answers(port)
