"""How much there is to do, told by the sizes of files before any is read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import PurePosixPath
from typing import Protocol

from lakeward.lake.storage import Lake

LONG_BYTES = 32_000_000
"""From so many bytes of text on, a run takes longer than a JVM takes to compile well what it runs."""
SMALL_BYTES = 500_000
"""Up to so many bytes of text, making code for rows costs more than it saves."""
HAND_BYTES = 8_000_000
"""Up to so many, rows are in hand: jobs that read and write them cost more than they save."""
PACKED = {".gz": 8, ".zip": 8, ".xlsx": 8, ".ods": 8}
"""How much longer a text is than the file that packs it, about."""


class Sized(Protocol):
    """A file of which the name and the size are known."""

    @property
    def file(self) -> str:
        """Its path."""

    @property
    def bytes(self) -> int:
        """Its size."""


def is_small(files: Iterable[Sized]) -> bool:
    """Say whether files hold so little that their rows are cheaper worked on with little ado."""
    return text_bytes(files) <= SMALL_BYTES


def is_long(files: Iterable[Sized]) -> bool:
    """Say whether files hold so much that compiling well is worth its time."""
    return text_bytes(files) >= LONG_BYTES


def in_hand(lake: Lake, files: Iterable[Sized]) -> bool:
    """Say whether the rows of files are so few that one process reads and writes them, which it does in a folder."""
    return not lake.store.is_shared and text_bytes(files) <= HAND_BYTES


def is_read_here(lake: Lake, files: Collection[Sized], *, is_local: bool) -> bool:
    """Say whether this process reads files: where they are few, or one, whose work no two tasks would share.

    Args:
        lake: the lake.
        files: the files.
        is_local: whether tasks run on this machine, where they take Python no less time.
    """
    return in_hand(lake, files) or (is_local and len(files) == 1 and not is_long(files) and not lake.store.is_shared)


def text_bytes(files: Iterable[Sized]) -> int:
    """Estimate how long the text of files is, in bytes."""
    return sum(each.bytes * PACKED.get(PurePosixPath(each.file).suffix.lower(), 1) for each in files)
