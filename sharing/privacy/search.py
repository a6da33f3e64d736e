"""Where a text stands in files: as it is written, full-width, and inside Parquet and workbooks."""

from __future__ import annotations

import json
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute
from pyarrow.parquet import ParquetFile

from lakeward.lake import delta
from lakeward.lake.takedowns import Places

pc: Any = pyarrow.compute  # its stubs know not all functions
FULL_WIDTH = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
ENCODINGS = ("utf-8", "cp950", "utf-16-le", "utf-16-be")


class Sought:
    """A text that is looked for.

    Args:
        text: as somebody wrote it; width and case of letters do not matter.
    """

    def __init__(self, text: str) -> None:
        plain = self._plain = unicodedata.normalize("NFKC", text).strip().casefold()
        written = {text.strip(), plain, plain.upper(), plain.translate(FULL_WIDTH), plain.upper().translate(FULL_WIDTH)}
        written |= {json.dumps(each)[1:-1] for each in written}
        self._bytes = {each.encode(by, "ignore") for each in written for by in ENCODINGS} - {b""}

    def is_in(self, texts: Any) -> Any:
        """Say of each text in an Arrow array whether it holds it."""
        plain = pc.utf8_normalize(texts, form="NFKC")
        return pc.fill_null(pc.match_substring(plain, self._plain, ignore_case=True), False)

    def is_in_text(self, text: str) -> bool:
        """Say whether a text holds it."""
        return self._plain in unicodedata.normalize("NFKC", text).casefold()

    def is_in_file(self, file: Path) -> bool:
        """Say whether a file holds it, in its bytes or in what they mean."""
        content = file.read_bytes()
        if any(each in content for each in self._bytes):
            return True
        if file.suffix == ".parquet" and content:
            batches = ParquetFile(file).iter_batches()
            return any(self._is_in_column(column) for batch in batches for column in batch.columns)
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as packed:
                return any(each in packed.read(name) for name in packed.namelist() for each in self._bytes)
        return False

    def _is_in_column(self, column: Any) -> bool:
        return any(bool(pc.any(self.is_in(texts)).as_py()) for texts in texts_of(column))


def texts_of(column: Any) -> Iterator[Any]:
    """Give all texts of an Arrow array, however deep; numbers as texts."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        yield from texts_of(column.dictionary)
    elif pa.types.is_map(kind):
        yield from texts_of(column.keys)
        yield from texts_of(column.items)
    elif pa.types.is_nested(kind):
        flat = column.flatten()
        for each in flat if pa.types.is_struct(kind) else (flat,):
            yield from texts_of(each)
    elif pa.types.is_string(kind) or pa.types.is_integer(kind):
        yield column.cast(pa.string())


def files_with(root: Path, sought: Sought) -> list[Path]:
    """List the files below a folder that hold a text."""
    return sorted(file for file in root.rglob("*") if file.is_file() and sought.is_in_file(file))


def rows_with(bronze: Path, sought: Sought) -> Places:
    """Give the rows of a bronze table of which a cell holds a text."""
    opened = delta.opened(bronze)
    if opened is None:
        return {}
    told = opened.get_add_actions(flatten=True)
    found: dict[str, frozenset[int]] = {}
    for path, sha256 in zip(*(told.column(name).to_pylist() for name in ("path", "partition._sha256")), strict=True):
        for batch in delta.parquet(bronze / delta.unquoted(str(path))).iter_batches(use_threads=False):
            rows = batch.column("_row").filter(_holding(batch, sought)).to_pylist()
            if rows:
                found[str(sha256)] = found.get(str(sha256), frozenset()) | {int(row) for row in rows if row is not None}
    return found


def _holding(batch: pa.RecordBatch, sought: Sought) -> Any:
    """Say of each row whether a cell holds a text, also one that ran over the header's columns."""
    over = [" ".join(filter(None, cells or ())) for cells in batch.column("_overflow").to_pylist()]
    mask = sought.is_in(pa.array(over, pa.string()))
    for name in set(batch.schema.names) - {"_kind", "_file", "_sha256"}:
        if pa.types.is_string(batch.column(name).type):
            mask = pc.or_(mask, sought.is_in(batch.column(name)))
    return mask
