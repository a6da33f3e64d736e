"""Where many may write: a commit that another writer's commit came before, told apart from every other failure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lakeward.lake.errors import TryAgainLater

CONFLICT = re.compile(r"delta\.exceptions\.|DELTA_(CONCURRENT|METADATA_CHANGED|PROTOCOL_CHANGED)|^CommitFailedError")
"""Of Delta's Java, which is not imported here, and of deltalake."""


class Overtaken(TryAgainLater):
    """Another writer changed the table that a commit was to change; nothing was committed."""


@contextmanager
def overtaking_told(path: Path) -> Iterator[None]:
    """Turn what either world says of a conflict into one error.

    Raises:
        Overtaken: there was one.
    """
    try:
        yield
    except Exception as error:
        if not CONFLICT.search(f"{type(error).__name__} {error}"):
            raise
        raise Overtaken(
            f"another writer changed {path} at the same time", remedy="wait for it to end, then run again"
        ) from error
