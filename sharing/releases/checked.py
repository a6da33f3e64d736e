"""What a check of published files looked at, and found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Checked:
    """What was checked, and what is wrong.

    Args:
        releases: how many releases, withdrawn ones among them.
        files: how many files, each to its last byte.
        bytes: what they hold.
        signed_by: whose signatures were found right, by public key.
        notes: what is not wrong and yet to be known.
        problems: what is wrong, each with its place.
    """

    releases: int = 0
    files: int = 0
    bytes: int = 0
    signed_by: set[str] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
