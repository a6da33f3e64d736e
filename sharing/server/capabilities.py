"""What a client says it can read, and what a table asks of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lakeward.sharing.server.refusals import invalid, unsupported
from lakeward.sharing.server.snapshot import Snapshot

HEADER, FILE_ID_HEADER = "delta-sharing-capabilities", "fileidhash"
PARQUET, DELTA = "parquet", "delta"
SCHEMES = (PARQUET, DELTA)
OF_THE_LOG = frozenset({"v2Checkpoint", "vacuumProtocolCheck", "catalogManaged", "catalogOwned-preview"})
"""Features that matter to who reads the log itself, which no recipient does."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """A client.

    Args:
        formats: of answers; the client names those that it reads.
        features: of tables, in lower case.
        wants_end: each answer is to end with a line that says that it is whole.
        scheme: how files are to be named; empty for our own way.
    """

    formats: frozenset[str] = frozenset({PARQUET})
    features: frozenset[str] = frozenset()
    wants_end: bool = False
    scheme: str = ""

    @classmethod
    def told(cls, headers: Mapping[str, str]) -> Capabilities:
        """Read a request's headers.

        Raises:
            Refused: files are to be named in a way that we do not know.
        """
        parts = (part.partition("=") for part in headers.get(HEADER, "").lower().split(";"))
        told = {name.strip(): frozenset(filter(None, map(str.strip, value.split(",")))) for name, _, value in parts}
        formats = told.get("responseformat", frozenset()) & {PARQUET, DELTA}
        scheme = headers.get(FILE_ID_HEADER)
        if scheme is not None and scheme.strip().lower() not in SCHEMES:
            raise invalid(f"{FILE_ID_HEADER} is one of {' and '.join(SCHEMES)}")
        return cls(
            formats or frozenset({PARQUET}),
            told.get("readerfeatures", frozenset()),
            "true" in told.get("includeendstreamaction", ()),
            (scheme or "").strip().lower(),
        )

    def format_for(self, table: Snapshot) -> str:
        """Choose the format of an answer: parquet where the client takes it and the table lets it.

        Raises:
            Refused: the table needs what the client cannot do.
        """
        needed = features_of(table)
        if PARQUET in self.formats and not needed:
            return PARQUET
        told = ", ".join(needed)
        if DELTA not in self.formats:
            raise unsupported(f"the table needs {told}: ask with responseformat=delta and readerfeatures={told}")
        if lacking := [name for name in needed if name.lower() not in self.features]:
            raise unsupported(f"the table needs {', '.join(lacking)}, which the client does not name in readerfeatures")
        return DELTA

    def answered(self, form: str) -> dict[str, str]:
        """Give the headers that tell the client what was honoured."""
        told = f"responseformat={form}" + (";includeendstreamaction=true" if self.wants_end else "")
        return {HEADER: told} | ({FILE_ID_HEADER: self.scheme} if self.scheme else {})


def features_of(table: Snapshot) -> list[str]:
    """Name what a table asks of those who read its files."""
    version = int(table.protocol.get("minReaderVersion", 1))
    if version >= 3:
        return [name for name in table.protocol.get("readerFeatures") or () if name not in OF_THE_LOG]
    is_mapped = table.configuration.get("delta.columnMapping.mode", "none") != "none"
    return ["columnMapping"] if version == 2 and is_mapped else []
