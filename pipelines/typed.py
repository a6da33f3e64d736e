"""Bronze rows as typed rows: each declared column read from its cell, each row with the reasons that speak against it.

Pure column expressions. Each step of `checked` names what the next one uses more than once, so that Spark computes it
once; a plain text column is its own value and is carried through once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from lakeward.lake.functions import called
from lakeward.lake.ledger import Entry
from lakeward.lake.table import Cell, as_cell
from lakeward.lake.table import Column as Declared
from lakeward.pipelines.claims import ANY_DAY, claims, days
from lakeward.pipelines.dataset import Dataset, Layout, ReplacePart, ReplacePeriod
from lakeward.pipelines.head import KIND_FOOTER, KIND_RAGGED, column_name
from lakeward.pipelines.layout import fit
from lakeward.pipelines.wide import HEADER, long_rows
from lakeward.quality import expect
from lakeward.quality.compiled import Compiled
from lakeward.quality.engine import Checks

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

PLACE = ("_file", "_sha256", "_row")
"""Where a row stands in its delivery; `place` adds the header where wide rows become long ones."""
DELIVERY = "_delivery"
"""The place of a row's delivery among those that are given: for most of its way a number stands for names and hashes,
which are longer than all else in many a row.
"""
FOOTER = KIND_FOOTER
"""The only reason of a remark below the data: it is no row, and goes neither to silver nor to quarantine."""
REPEATED = "repeats the key of an earlier row"
"""The only reason of a row that would be good if it stood alone."""
Faults = list[tuple["Column", "Column | str"]]


def checked(bronze: DataFrame, dataset: Dataset, entries: Mapping[str, Entry]) -> DataFrame:
    """Type every row of some deliveries and list its reasons, whatever layout each delivery has.

    Args:
        bronze: their rows as delivered; wide ones become long here.
        dataset: the declaration.
        entries: the ledger's line of each delivery, by sha256.

    Returns:
        The declared columns, the row's `place`, but for its delivery only the number (`DELIVERY`; see `named`),
        `_reasons` (NULL for a good row), and for each correction whether it mended the row (`_fix_0`, …: NULL where
        it does not speak of it).
    """
    from pyspark.sql import functions as F

    if dataset.source.unpivot:
        headers = {sha256: entry.header for sha256, entry in entries.items()}
        bronze = long_rows(bronze, dataset.source.unpivot, headers)
    groups: dict[str, tuple[Layout, list[str]]] = {}
    for sha256, entry in entries.items():
        layout = fit(dataset, entry.header).layout
        groups.setdefault(layout.name, (layout, []))[1].append(sha256)
    pattern = dataset.source.period if isinstance(dataset.combine, ReplacePeriod) else ""
    told = claims(pattern, entries) if pattern else {}
    claimed = [told.get(sha256, "") for sha256 in entries] if told else []
    bronze = bronze.withColumn(DELIVERY, called("place", F.col("_sha256"), _listed(entries)))
    parts = [
        _in_layout(bronze if len(groups) == 1 else bronze.where(F.col("_sha256").isin(shas)), layout, dataset, claimed)
        for layout, shas in groups.values()
    ]
    return reduce(lambda a, b: a.unionByName(b), parts)


def named(rows: DataFrame, dataset: Dataset, entries: Mapping[str, Entry]) -> DataFrame:
    """Add the file and the sha256 of its delivery to each row, and the `_period` or part that it is of.

    Args:
        rows: what `checked` gave for these deliveries.
        dataset: the declaration.
        entries: the ledger's line of each delivery, by sha256, in the same order.
    """
    told = {"_file": [entry.file for entry in entries.values()], "_sha256": list(entries)}
    columns = [_of_delivery(texts).alias(name) for name, texts in told.items()]
    return rows.select(*columns, *rows.columns, _period(dataset).alias("_period"))


def place(dataset: Dataset) -> tuple[str, ...]:
    """Name the columns that tell a row from all others of a data set, its file first."""
    return (*PLACE, HEADER) if dataset.source.unpivot else PLACE


def setting_aside(dataset: Dataset, also: Sequence[expect.Expectation] = ()) -> list[Compiled]:
    """List the rules that send rows to quarantine: the critical ones of the suite that speak of single rows."""
    checks = Checks.of((*also, *dataset.suite), dataset.types)
    return [rule for rule in checks.ready.values() if rule.breaks and rule.expectation.severity == "critical"]


def delivered(dataset: Dataset, names: Sequence[str], entries: Mapping[str, Entry]) -> Column:
    """Give the cells of a row as delivered, by column; of the wide columns only the one that a long row is of.

    Args:
        dataset: the declaration.
        names: the columns of bronze that hold cells.
        entries: the ledger's line of each delivery, by sha256.
    """
    from pyspark.sql import functions as F

    from lakeward.pipelines.normalise import small

    def cells(some: Sequence[str]) -> Column:
        return F.create_map(*(x for name in some for x in (F.lit(name), F.col(f"`{name}`"))))

    told = cells(names)
    if unpivot := dataset.source.unpivot:
        wide = unpivot.names([entry.header for entry in entries.values()])
        many = cells([name for name in names if name.casefold() in wide])
        one = F.map_filter(many, lambda name, _: small(name) == small(F.col(HEADER)))
        told = F.map_concat(
            cells([name for name in names if name.casefold() not in wide]),
            F.when(F.col(HEADER) == "", many).otherwise(one),
        )
    return F.map_filter(told, lambda _, cell: cell.isNotNull())


def text_of(column: Declared, cell: Cell) -> Column:
    """Give the text of a declared column in a bronze row, tidied; NULL where nothing was delivered."""
    from pyspark.sql import functions as F

    from lakeward.pipelines.normalise import tidy

    parts = [tidy(F.col(f"`{column_name(header)}`"), column.tidy, F.col("_padded")) for header in cell.headers]
    return parts[0] if len(parts) == 1 else F.concat_ws(" ", *(F.coalesce(part, F.lit("?")) for part in parts))


def meant_by(column: Declared, text: Column) -> Column:
    """Give what delivered text stands for: no value for a null code, another text where the declaration says so."""
    from pyspark.sql import functions as F

    for delivered, meant in column.reads.items():
        text = F.when(text == delivered, F.lit(meant)).otherwise(text)
    return F.when(text.isin(*column.nulls), None).otherwise(text) if column.nulls else text


def parts_of(column: Declared, picked: Column) -> Column | None:
    """Split the text of a date that is not plain into its parts; None where a column reads no dates."""
    from lakeward.pipelines.normalise import parts

    return parts(column.parse or column.type, picked)


def value_of(column: Declared, picked: Column, parts: Column | None = None) -> Column:
    """Read text, and its parts where they are known, as the value of a declared column; NULL where it is none."""
    from lakeward.pipelines.normalise import parse

    return parse(column.parse or column.type, picked, parts).cast(column.type)


def picked_of(cell: Cell, text: Column) -> Column:
    """Give what a cell's declaration picks from its text; NULL where that is not there."""
    from pyspark.sql import functions as F

    if cell.put:
        return F.when(
            text.rlike(cell.pick), F.regexp_replace(F.regexp_extract(text, cell.pick, 0), cell.pick, cell.put)
        )
    return F.nullif(F.regexp_extract(text, cell.pick, 1), F.lit("")) if cell.pick else text


def _is_text(column: Declared, cell: Cell) -> bool:
    """True where the delivered text is the value."""
    return column.type == "string" and column.parse in ("", "string") and not cell.pick


def _may_fail(column: Declared, cell: Cell) -> bool:
    """True where text without a value is a fault."""
    return column.type != "string" or bool(cell.pick)


def _in_layout(rows: DataFrame, layout: Layout, dataset: Dataset, told: Sequence[str]) -> DataFrame:
    from pyspark.sql import functions as F

    row_of = (DELIVERY, *place(dataset)[len(PLACE) - 1 :])
    cells = {column.name: as_cell(layout.cells.get(column.name, ())) for column in dataset.columns}
    read = _present(dataset, cells, rows.columns)
    at = {c.name: c.name if _is_text(c, cells[c.name]) else f"_text_{c.name}" for c in read}
    texts = rows.select(
        *row_of,
        F.when(F.col("_kind") == KIND_RAGGED, F.col("_fault"))
        .when(F.col("_kind") == KIND_FOOTER, F.lit(FOOTER))
        .alias("_fault"),
        *(text_of(column, cells[column.name]).alias(at[column.name]) for column in read),
    )
    coded = {at[c.name]: meant_by(c, F.col(at[c.name])) for c in read if c.reads or c.nulls}
    mended, fixes = _corrected(dataset, at)
    texts = texts.select(
        *(mended.get(name, F.col(name)).alias(name) for name in texts.columns),
        *(fix.alias(f"_fix_{n}") for n, fix in enumerate(fixes)),
    )
    typing = [c for c in read if at[c.name] != c.name]
    picking = {c.name: coded.get(at[c.name], F.col(at[c.name])) for c in typing if cells[c.name].pick}
    meant = texts.select(
        *(coded.get(name, F.col(name)).alias(name) for name in texts.columns),
        *(picked_of(cells[name], text).alias(f"_picked_{name}") for name, text in picking.items()),
    )
    picked = {c.name: F.col(f"_picked_{c.name}" if c.name in picking else at[c.name]) for c in typing}
    dated = {c.name: p for c in typing if (p := parts_of(c, picked[c.name])) is not None}
    split = meant.select("*", *(parts.alias(f"_parts_{name}") for name, parts in dated.items()))
    parts = {name: F.col(f"_parts_{name}") for name in dated}
    typed = split.select(
        "*",
        *(value_of(c, picked[c.name], parts.get(c.name)).alias(c.name) for c in typing),
        *(F.lit(None).cast(c.type).alias(c.name) for c in dataset.columns if c.name not in at),
    )
    checks = _unread(read, cells) + _broken(dataset, read, cells) + _period_checks(dataset, told)
    return typed.select(
        *(column.name for column in dataset.columns), *row_of,
        _reasons(checks).alias("_reasons"),
        *(f"_fix_{n}" for n in range(len(dataset.corrections))),
    )  # fmt: skip


def _corrected(dataset: Dataset, at: Mapping[str, str]) -> tuple[dict[str, Column], list[Column]]:
    """Give the mended texts by their name, and for each correction whether a row is mended by it.

    True where it is, false where the agency has mended the row itself, NULL where the correction does not speak of it.
    """
    from pyspark.sql import functions as F

    mended: dict[str, Column] = {}
    fixes = []
    for each in dataset.corrections:
        if not {each.column, *dict(each.where)} <= at.keys():  # this layout lacks what it speaks of
            fixes.append(F.lit(None).cast("boolean"))
            continue
        name = at[each.column]
        is_meant = reduce(lambda a, b: a & b, (F.col(at[of]) == text for of, text in each.where), F.lit(True))
        is_found = F.col(name).eqNullSafe(F.lit(each.found))
        fixes.append(F.when(is_meant, is_found))
        mended[name] = F.when(is_meant & is_found, F.lit(each.instead)).otherwise(mended.get(name, F.col(name)))
    return mended, fixes


def _present(dataset: Dataset, cells: Mapping[str, Cell], names: Sequence[str]) -> list[Declared]:
    """List the columns whose headers bronze has."""
    here = {name.casefold() for name in names}
    return [
        column for column in dataset.columns
        if cells[column.name].headers and all(column_name(h).casefold() in here for h in cells[column.name].headers)
    ]  # fmt: skip


def _reasons(checks: Faults) -> Column:
    """List why a row is refused; NULL for a good row."""
    from pyspark.sql import functions as F

    is_broken = reduce(lambda a, b: a | b, (is_broken for is_broken, _ in checks), F.col("_fault").isNotNull())
    told = F.array_compact(F.array(*(F.when(is_broken, F.lit(reason)) for is_broken, reason in checks)))
    return F.when(F.col("_fault").isNotNull(), F.array("_fault")).when(is_broken, told)


def _failed(name: str) -> Column:
    from pyspark.sql import functions as F

    return F.col(f"_text_{name}").isNotNull() & F.col(name).isNull()


def _unread(read: Sequence[Declared], cells: Mapping[str, Cell]) -> Faults:
    """Refuse text that gives no value."""
    from lakeward.pipelines.normalise import unreadable

    return [
        (_failed(c.name), f"{c.name}: " + (
            unreadable(c.parse or c.type) + (f" in {cells[c.name].headers[0]}" if cells[c.name].pick else "")
        ))
        for c in read if _may_fail(c, cells[c.name])
    ]  # fmt: skip


def _broken(dataset: Dataset, read: Sequence[Declared], cells: Mapping[str, Cell]) -> Faults:
    """Refuse what breaks a critical rule or lacks a part of the key that the layout has."""
    from pyspark.sql import functions as F

    parsed = {column.name for column in read if _may_fail(column, cells[column.name])}
    present = [expect.column_values_to_not_be_null(name) for name in dataset.key if cells[name].headers]
    checks: Faults = []
    for rule in setting_aside(dataset, [rule for rule in present if rule not in dataset.suite]):
        broken = F.expr(rule.breaks)
        for name in rule.expectation.columns:
            if name in parsed:
                broken = broken & ~_failed(name)
        checks.append((broken, rule.reason))
    return checks


def _period_checks(dataset: Dataset, told: Sequence[str]) -> Faults:
    """Refuse rows without a period or part, and those outside the period that the name of their file claims."""
    from pyspark.sql import functions as F

    combine = dataset.combine
    if isinstance(combine, ReplacePart):
        names = (combine.column, *combine.also)
        return [(F.col(name).isNull(), f"{name}: no value, so no part") for name in names]
    if not isinstance(combine, ReplacePeriod):
        return []
    checks: Faults = [(F.col(combine.column).isNull(), f"{combine.column}: no value, so no period")]
    if not told:
        return checks
    spans = [days(claim) if claim else ANY_DAY for claim in told]
    first, last = (_of_delivery((span[end] for span in spans), "date") for end in (0, 1))
    before, after = outside(combine.column, "\0").split("\0")
    is_within = F.col(combine.column).cast("date").between(first, last)
    reason = F.concat(F.lit(before), _of_delivery(told), F.lit(after))
    return [*checks, (F.coalesce(~is_within, F.lit(False)), reason)]


def _of_delivery(told: Iterable[object], kind: str = "string") -> Column:
    """Give what is told of the delivery that a row is of, delivery by delivery, as a value of some type."""
    from pyspark.sql import functions as F

    return F.get(_listed(told).cast(f"array<{kind}>"), F.col(DELIVERY))


def _listed(texts: Iterable[object]) -> Column:
    """Give a list of texts as one constant: thousands by themselves are thousands of calls into Java."""
    from pyspark.sql import functions as F

    return F.split(F.lit("\0".join(map(str, texts))), "\0")


def outside(column: str, claim: str) -> str:
    """Say that a date is not of the period that the name of its file claims."""
    return f"{column}: outside {claim}, the period in the file's name"


def _period(dataset: Dataset) -> Column:
    from pyspark.sql import functions as F

    if isinstance(dataset.combine, ReplacePeriod | ReplacePart):
        return F.expr(dataset.combine.part)
    return F.lit(None).cast("string")
