"""What `lakeward verify` looks at, and how it tells what it found."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from lakeward.lake.store import place, scheme_of
from lakeward.sharing.releases.checked import Checked


def place_of(where: str) -> Path:
    """Resolve what is to be checked: a path, the address of a store, or of the web."""
    if scheme_of(where) in ("http", "https"):
        from upath import UPath

        return cast("Path", UPath(where.rstrip("/")))
    return place(where)


def as_document(found: Checked) -> dict[str, Any]:
    """Give what was found for machines."""
    return {
        "schema": "lakeward.verify/1",
        "is_right": not found.problems,
        **asdict(found),
        "signed_by": sorted(found.signed_by),
    }


def as_text(found: Checked) -> str:
    """Give what was found for people."""
    looked = f"{found.files:,} files ({found.bytes / 1e6:,.1f} MB) of {found.releases:,} releases"
    looked = looked if found.releases else f"1 file ({found.bytes:,} bytes)"
    lines = [f"wrong: {each}" for each in found.problems]
    lines += [f"note: {each}" for each in found.notes]
    lines += [f"signed by {each}" for each in sorted(found.signed_by)]
    lines.append(f"{looked}: " + (f"{len(found.problems)} things are not right" if found.problems else "all right"))
    return "\n".join(lines)
