"""The fenced blocks of a page, and which of their lines a marker takes out.

A marker stands right above its block: `<!-- not run: why -->` for all of it, `<!-- not run: `lakeward fetch`: why -->` for
the lines that begin so, `<!-- run by tests/…: … -->` where another test runs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCE = re.compile(r"^```(\S*)\s*$")
MARKER = re.compile(r"^<!-- (?:not run: (?:`([^`]+)`: )?|(?=run by tests/))(.+) -->$")


@dataclass(frozen=True, slots=True)
class Marker:
    """Why something does not run.

    Args:
        begins: how the lines begin that it speaks of; empty for the whole block.
        reason: why.
    """

    begins: str
    reason: str


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block.

    Args:
        line: where it begins.
        language: what stands beside its fence.
        text: what it holds.
        markers: those above it.
    """

    line: int
    language: str
    text: str
    markers: tuple[Marker, ...] = ()

    @property
    def is_run(self) -> bool:
        """Tell whether any of it runs."""
        return not any(not each.begins for each in self.markers)

    def lines(self) -> list[str]:
        """Give its lines, without commands that a marker takes out, and their answers; one that goes on is one line."""
        left: list[str] = []
        is_out = False
        for line in self.text.replace("\\\n", "\\\0").splitlines():
            if self.language != "console" or line.startswith("$ "):
                is_out = any(self._begins(line, each) for each in self.markers)
            if not is_out:
                left.append(line.replace("\0", "\n"))
        return left

    def idle(self) -> list[Marker]:
        """Give the markers that speak of no line."""
        lines = self.text.splitlines()
        return [each for each in self.markers if each.begins and not any(self._begins(line, each) for line in lines)]

    @staticmethod
    def _begins(line: str, marker: Marker) -> bool:
        return bool(marker.begins) and line.removeprefix("$ ").startswith(marker.begins)


def blocks(page: Path) -> Iterator[Block]:
    """Give all blocks of a page."""
    markers: list[Marker] = []
    inside: tuple[int, str] | None = None
    text: list[str] = []
    for number, line in enumerate(page.read_text("utf-8").splitlines(), 1):
        if inside:
            if line.rstrip() == "```":
                yield Block(*inside, "\n".join(text) + "\n", tuple(markers))
                inside, text, markers = None, [], []
            else:
                text.append(line)
        elif fence := FENCE.match(line):
            inside = (number, fence[1])
        elif marker := MARKER.match(line):
            markers.append(Marker(marker[1] or "", marker[2]))
        elif line.strip():
            markers = []
    assert not inside, f"{page.name}: a block is not closed"
