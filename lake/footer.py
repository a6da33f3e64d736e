"""What a Parquet file says of its rows beside them, held against the rows: schema, pages, bounds, counts and indexes.

Page checksums cover values alone. A reader goes by the rest too: by bounds it leaves out pages and row groups, by names
it finds columns. So what is said is read anew here, and must fit the pages, the rows and the table's schema.
"""

from __future__ import annotations

from base64 import b64decode
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.parquet import ParquetFile

from lakeward.lake import shapes
from lakeward.lake.compact import Content, Shape, Struct, struct, whole_of

if TYPE_CHECKING:
    Values = pa.ChunkedArray[Any]

MAGIC, TAIL = b"PAR1", 8
KINDS = ("BOOLEAN", "INT32", "INT64", "INT96", "FLOAT", "DOUBLE", "BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY")
ARROW = "ARROW:schema"
"""The schema once more, by which Arrow's readers and polars go."""
CHANGES = ("_change_type", "__is_cdc")
"""What Delta's MERGE leaves in data files of a table with a change feed, beside the table's columns."""
DICTIONARY = 2
HEADS = {0: (5, 2), DICTIONARY: (7, 2), 3: (8, 4)}
"""Where a page's header says more, and its encoding there, by the page's kind."""
ASCENDING, DESCENDING = 1, 2
CONVERTED = {"string": 0, "decimal128": 5, "date32": 6, "time32": 7, "time64": 8}


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a column: kind, place, bytes with its header (also unpacked), values, encodings and statistics."""

    kind: int
    at: int
    bytes: int
    unpacked: int
    values: int
    encoding: int
    levels: tuple[int, ...]
    told: Struct


def problem_of(content: Content, file: ParquetFile, schema: pa.Schema | None) -> str:
    """Say what a file says of itself that is not true; empty where all fits.

    Args:
        content: its bytes.
        file: the same, opened; all rows are read.
        schema: of the table that it is of; None where that is not known.

    Raises:
        ArrowException: the rows cannot be read, or a page's checksum differs.
    """
    try:
        return next(_problems(content, file, schema), "")
    except (ValueError, KeyError, TypeError, IndexError) as cause:
        if isinstance(cause, pa.lib.ArrowException):
            raise
        return f"what it says of itself cannot be read: {cause}"


def _problems(content: Content, file: ParquetFile, schema: pa.Schema | None) -> Iterator[str]:
    end = len(content) - TAIL
    told, at = struct(content, end - int.from_bytes(content[end : end + 4], "little"), shapes.FOOTER)
    if bytes(content[:4]) != MAGIC or bytes(content[-4:]) != MAGIC or at != end:
        yield "it does not begin and end as Parquet does"
    for pair in told.get(5, ()):
        if pair[1] == ARROW:
            yield from _of_schema(
                file.schema_arrow, pa.ipc.read_schema(pa.py_buffer(b64decode(pair[2], validate=True)))
            )
    if schema is not None:
        yield from _of_schema(file.schema_arrow, schema)
    leaves = told[2][1:]
    is_flat = not any(pa.types.is_nested(field.type) for field in file.schema_arrow)
    if is_flat:  # else a leaf has more values than rows
        for leaf, field in zip(leaves, file.schema_arrow, strict=True):
            yield from _of_leaf(leaf, field)
    rows = 0
    for number, group in enumerate(told[4]):
        read = file.read_row_group(number, use_threads=False)
        rows += read.num_rows
        if group[3] != read.num_rows:
            yield f"row group {number} has {read.num_rows:,} rows, its footer tells {group[3]:,}"
        if is_flat:
            yield from _of_group(content, group, leaves, read)
    if told[3] != rows:
        yield f"it has {rows:,} rows, its footer tells {told[3]:,}"


def _of_schema(held: pa.Schema, schema: pa.Schema) -> Iterator[str]:
    for field in held:
        at = schema.get_field_index(field.name)
        if at < 0 and field.name in CHANGES:
            continue
        if at < 0:
            yield f"it has a column {field.name}, which is none of the table's"
        elif not _alike(field.type, schema.field(at).type):
            yield f"its column {field.name} is {field.type}, the table's is {schema.field(at).type}"
        elif field.nullable != schema.field(at).nullable:
            yield f"its column {field.name} may lack values where the table's may not, or must not where it may"


def _alike(held: pa.DataType, wanted: pa.DataType) -> bool:
    held, wanted = (kind.value_type if pa.types.is_dictionary(kind) else kind for kind in (held, wanted))
    if pa.types.is_nested(held) or (pa.types.is_timestamp(held) and held.unit == "ns"):  # as Spark's INT96 is read
        return bool(held.id == wanted.id)
    return _plain(held) == _plain(wanted)


def _plain(kind: pa.DataType) -> str:
    return str(kind).replace("large_", "").replace("_view", "")


def _of_leaf(leaf: Struct, field: pa.Field[Any]) -> Iterator[str]:
    """Older readers go by what newer ones take from the logical type: both must say the same."""
    kind = _plain(field.type).partition("[")[0].partition("(")[0]
    if leaf[4] != field.name:
        yield f"column {field.name} is called {leaf[4]} too"
    if kind in CONVERTED and leaf.get(6) != CONVERTED[kind] and field.type != pa.time64("ns"):
        yield f"column {field.name} is no {kind} to older readers"
    if kind == "decimal128" and (leaf.get(7, 0), leaf.get(8)) != (field.type.scale, field.type.precision):
        yield f"column {field.name} has other digits to older readers"
    if not (kind in CONVERTED or pa.types.is_integer(field.type) or kind == "timestamp") and 6 in leaf:
        yield f"column {field.name} is something else to older readers"


def _of_group(content: Content, group: Struct, leaves: Sequence[Struct], read: pa.Table) -> Iterator[str]:
    metas = [chunk[3] for chunk in group[1]]
    if len(metas) != len(leaves):
        yield f"it has {len(leaves)} columns and tells of {len(metas)}"
    for field, wanted, summed in ((2, 6, "bytes"), (6, 7, "packed bytes")):
        if field in group and group[field] != sum(meta[wanted] for meta in metas):
            yield f"{summed} of columns do not add up to those of a row group"
    if group.get(5, 0) not in (0, _start(metas[0])):
        yield "a row group begins elsewhere than its first column"
    for chunk, leaf, column in zip(group[1], leaves, read.columns, strict=True):
        for problem in _of_chunk(content, chunk, leaf, column):
            yield f"column {leaf[4]}: {problem}"


def _start(meta: Struct) -> int:
    return min(at for at in (meta.get(11), int(meta[9])) if at)


def _of_chunk(content: Content, chunk: Struct, leaf: Struct, column: Values) -> Iterator[str]:
    meta, kind = chunk[3], KINDS[leaf[1]]
    pages = list(_pages(content, _start(meta), meta[7]))
    data = [page for page in pages if page.kind != DICTIONARY]
    if meta[3] != [leaf[4]] or meta[1] != leaf[1]:
        yield "its values are said to be of another column"
    if not meta[5] == len(column) == sum(page.values for page in data):
        yield f"{len(column):,} values, its footer tells {meta[5]:,}"
    if meta[6] != sum(page.unpacked for page in pages):
        yield "its pages have other sizes than its footer tells"
    if (data and meta[9] != data[0].at) or meta.get(11) not in (None, 0, pages[0].at):
        yield "its first page lies elsewhere than its footer tells"
    if not {each for page in pages for each in (page.encoding, *page.levels)} <= set(meta[2]):
        yield "its pages are encoded otherwise than its footer tells"
    counted = Counter({(each[1], each[2]): each[3] for each in meta.get(13, ())})
    if 13 in meta and counted != Counter((page.kind, page.encoding) for page in pages):
        yield "its pages are counted otherwise in its footer"
    yield from _of_statistics(kind, meta.get(12, {}), column)
    parts, row = [], 0
    for page in data:
        parts.append(column.slice(row, page.values))
        row += page.values
    for page, part in zip(data, parts, strict=True):
        yield from _of_statistics(kind, page.told, part)
    if 4 in chunk:
        yield from _of_places(_part(content, chunk[4], chunk[5], shapes.PLACES), data)
    if 6 in chunk:
        yield from _of_index(kind, _part(content, chunk[6], chunk[7], shapes.INDEX), parts)


def _pages(content: Content, at: int, size: int) -> Iterator[Page]:
    end = at + size
    while at < end:
        header, after = struct(content, at, shapes.PAGE)
        head, encoding = HEADS[header[1]]
        told = header[head]
        levels = (told[3], told[4]) if head == HEADS[0][0] else ()
        whole = after - at + header[3]
        yield Page(
            header[1], at, whole, after - at + header[2], told[1], told[encoding], levels,
            told.get(5 if head == HEADS[0][0] else 8, {}) if header[1] != DICTIONARY else {},
        )  # fmt: skip
        if header[3] < 0:
            raise ValueError("a page has a size below zero")
        at += whole
    if at != end:
        raise ValueError("pages run past the end of their column")


def _part(content: Content, at: int, size: int, shape: Shape) -> Struct:
    told, end = struct(content, at, shape)
    if end != at + size:
        raise ValueError("an index has another length")
    return told


def _of_places(told: Struct, data: Sequence[Page]) -> Iterator[str]:
    row, places = 0, []
    for page in data:
        places.append((page.at, page.bytes, row))
        row += page.values
    if [(each[1], each[2], each[3]) for each in told[1]] != places:
        yield "its index tells other places of its pages"


def _of_index(kind: str, told: Struct, parts: Sequence[Values]) -> Iterator[str]:
    nulls = [part.null_count for part in parts]
    is_null = [count == len(part) for count, part in zip(nulls, parts, strict=True)]
    if told[1] != is_null or told.get(5, nulls) != nulls:
        yield "its index tells other counts of missing values"
    for least, greatest, part, is_none in zip(told[2], told[3], parts, is_null, strict=True):
        if not is_none and not _within(kind, part, least, greatest):
            yield "its index tells other bounds of a page"
    held = [
        (whole_of(kind, least), whole_of(kind, greatest))
        for least, greatest, is_none in zip(told[2], told[3], is_null, strict=True)
        if not is_none
    ]
    for order, pairs in ((ASCENDING, pairwise(held)), (DESCENDING, pairwise(reversed(held)))):
        if told[4] == order and any(a[0] > b[0] or a[1] > b[1] for a, b in pairs):
            yield "its index tells an order of pages that is not theirs"


def _of_statistics(kind: str, told: Struct, column: Values) -> Iterator[str]:
    if told.get(3, column.null_count) != column.null_count:
        yield f"{column.null_count:,} missing values, {told[3]:,} are told"
    older = () if kind.endswith("BYTE_ARRAY") else ((2, 1),)  # those compare bytes as signed
    for least, greatest in ((6, 5), *older):
        if (least in told) != (greatest in told):
            yield "one bound is told without the other"
        if least in told and greatest in told and not _within(kind, column, told[least], told[greatest]):
            yield "other bounds are told than those of its values"


def _within(kind: str, column: Values, least: bytes, greatest: bytes) -> bool:
    """Say whether values lie within bounds; true where the two cannot be compared."""
    if kind == "INT96" or pa.types.is_unsigned_integer(column.type):
        return True
    if _plain(column.type) == "string":
        for bound in (least, greatest):
            bound.decode("utf-8")  # readers refuse what is no text
    low, high = (_whole(column.type, value) for value in cast("Any", pc.min_max(_physical(column))).as_py().values())
    return low is None or bool(whole_of(kind, least) <= low and high <= whole_of(kind, greatest))


def _physical(column: Values) -> Values:
    """Give values in an order that is Parquet's."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.cast(kind.value_type)
        kind = kind.value_type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return column.cast(pa.binary())
    if pa.types.is_temporal(kind):
        return column.cast(pa.int32() if kind.bit_width == 32 else pa.int64())
    return column


def _whole(kind: pa.DataType, value: Any) -> Any:
    return int(value.scaleb(kind.scale)) if pa.types.is_decimal(kind) and value is not None else value
