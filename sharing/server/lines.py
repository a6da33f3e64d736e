"""The lines of answers, in both formats: protocol, metadata, files, and the end."""

from __future__ import annotations

import hashlib
import json
import secrets
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lakeward.sharing.server.capabilities import DELTA, PARQUET
from lakeward.sharing.server.refusals import unsupported
from lakeward.sharing.server.snapshot import Action, Snapshot
from lakeward.sharing.server.urls import Sign, name_of

URL, UNTIL = secrets.token_hex(16), secrets.token_hex(16)
"""What stands in a prepared line for an address and its end; nobody outside can know it and write it into a table."""
Z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
IN_COMMIT = "inCommitTimestamp"
A_LINE = 500
"""Bytes that Python takes for a line besides its letters, of which some take two or more."""
OF_WRITERS = ("delta.enableInCommitTimestamps", "delta.inCommitTimestampEnablement")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that names files, all but their addresses.

    Args:
        pieces: its text between the addresses.
        end: its text after the time until which they are good.
        names: the files, below the table's folder.
    """

    pieces: tuple[str, ...]
    end: str
    names: tuple[str, ...]

    def text(self, sign: Sign, until: str) -> str:
        """Give the line.

        Args:
            sign: makes addresses.
            until: when they end, in milliseconds since 1970.
        """
        first, *more = self.pieces
        if len(more) == 1:
            return f"{first}{sign(self.names[0])}{more[0]}{until}{self.end}"
        signed = (f"{sign(name)}{piece}" for name, piece in zip(self.names, more, strict=True))
        return f"{first}{''.join(signed)}{until}{self.end}"


def size(line: Line) -> int:
    """Give how many bytes of memory a line takes, roughly."""
    return A_LINE + 2 * sum(map(len, (*line.pieces, line.end, *line.names)))


def dumped(line: Mapping[str, Any]) -> str:
    """Give a line of JSON, without what is None."""
    return json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"


def protocol(table: Snapshot, form: str, version: int | None = None) -> str:
    """Give the line that says what a reader must be able to do.

    Args:
        table: as it is asked for.
        form: the format.
        version: that it is of, where a client asked for the protocol's history.
    """
    if form == PARQUET:
        return dumped({"protocol": {"minReaderVersion": 1}})
    return dumped({"protocol": _given(version=version, deltaProtocol=for_readers(table.protocol))})


def for_readers(told: Action) -> Action:
    """Give a table's protocol without commits' times, which lie in the log that a reader does not get."""
    features = told.get("writerFeatures")
    return told if features is None else {**told, "writerFeatures": [name for name in features if name != IN_COMMIT]}


def metadata(table: Snapshot, form: str, version: int | None = None) -> str:
    """Give the line that says what the table is."""
    told = table.metadata
    sizes = {"size": sum(file["size"] for file in table.files), "numFiles": len(table.files)} if table.files else {}
    if form == DELTA:
        open_ones = {
            name: value
            for name, value in table.configuration.items()
            if name.startswith("delta.") and not name.startswith(OF_WRITERS)
        }
        return dumped(
            {"metaData": _given(version=version, **sizes, deltaMetadata={**told, "configuration": open_ones})}
        )
    line = _given(
        id=told["id"], name=told.get("name"), description=told.get("description"), format={"provider": "parquet"},
        schemaString=_plain(told["schemaString"]), partitionColumns=told.get("partitionColumns") or [],
        configuration={"enableChangeDataFeed": "true"} if table.has_feed else {}, version=version, **sizes,
    )  # fmt: skip
    return dumped({"metaData": line})


def file(kind: str, action: Action, form: str, scheme: str, told: Mapping[str, int]) -> Line:
    """Prepare the line of a file.

    Args:
        kind: `add`, `remove` or `cdc`, as in the log; `file` for an `add` of a snapshot.
        action: of the log.
        form: the format.
        scheme: how it is named.
        told: `version` and `timestamp`, where they are asked for.

    Raises:
        ValueError: the file lies outside of the table's folder.
        Refused: rows of it are deleted in a way that the parquet format cannot tell.
    """
    names = [name_of(action["path"])]
    named = {"id": _digest(action["path"], scheme)}
    if form == PARQUET:
        if action.get("deletionVector"):
            raise unsupported(
                "files have deletion vectors: ask with responseformat=delta;readerfeatures=deletionVectors"
            )
        line = {
            "url": URL, **named, "partitionValues": _plain_values(action.get("partitionValues")),
            "size": action.get("size", 0), **_given(stats=action.get("stats") if kind != "remove" else None), **told,
            "expirationTimestamp": UNTIL,
        }  # fmt: skip
        return _prepared(dumped({"cdf" if kind == "cdc" else kind: line}), names)
    single = {**action, "path": URL}
    if (vector := action.get("deletionVector")) and (lies := _vector_file(vector)):
        names.append(lies)
        named["deletionVectorFileId"] = _digest(lies, scheme)
        single["deletionVector"] = {**vector, "storageType": "p", "pathOrInlineDv": URL}
    single = {"path": URL, **single}
    wrapped = {"add" if kind == "file" else kind: single}
    return _prepared(
        dumped({"file": {**named, **told, "deltaSingleAction": wrapped, "expirationTimestamp": UNTIL}}), names
    )


def end(**told: object) -> str:
    """Give the line that says that the answer is whole."""
    return dumped({"endStreamAction": _given(**told)})


def _prepared(text: str, names: list[str]) -> Line:
    start, _, after = text.partition(f'"{UNTIL}"')
    return Line(tuple(start.split(URL)), after, tuple(names))


def _given(**told: Any) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}


def _plain_values(values: Mapping[str, str | None] | None) -> dict[str, str | None]:
    """Give partition values, a null as null.

    By the protocol's text an empty text says the same, but Spark's connector takes that for a value: it shows an empty
    text, and finds no rows by `IS NULL`.
    """
    return {name: value or None for name, value in (values or {}).items()}


def _digest(path: str, scheme: str) -> str:
    if scheme == DELTA:
        return hashlib.sha256(path.encode()).hexdigest()
    return hashlib.md5(path.encode(), usedforsecurity=False).hexdigest()


def _plain(schema: str) -> str:
    """Give a schema with the columns' comments as all that is said beside them."""
    told = json.loads(schema)
    for field in told["fields"]:
        more = field.get("metadata") or {}
        field["metadata"] = {"comment": more["comment"]} if "comment" in more else {}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def _vector_file(vector: Action) -> str:
    """Give the name of the file that a deletion vector lies in; empty where it lies in the log."""
    kind, told = vector["storageType"], vector["pathOrInlineDv"]
    if kind == "i":
        return ""
    if kind != "u":
        raise ValueError("a deletion vector lies outside of its table's folder")
    folder, coded = told[:-20], told[-20:]
    number = uuid.UUID(bytes=b"".join(_z85(coded[at : at + 5]) for at in range(0, 20, 5)))
    return f"{folder}/deletion_vector_{number}.bin" if folder else f"deletion_vector_{number}.bin"


def _z85(five: str) -> bytes:
    number = 0
    for letter in five:
        number = number * 85 + Z85.index(letter)
    return number.to_bytes(4, "big")
