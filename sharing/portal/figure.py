"""Which picture tells most about a table, chosen from its columns: over time, by place, by kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Curated
from lakeward.pipelines.places.counties import COUNTY_NAMES
from lakeward.sharing.catalogue.text import Text
from lakeward.sharing.portal.extract import Extract
from lakeward.sharing.portal.measure import INTEGERS, TIMES, Measure, measure_of
from lakeward.sharing.portal.words import number, of_unit
from lakeward.sharing.reader.duck import quoted

PLACES = ("county_name", "town_name", "district_name", "market_name", "village_name")
MOST_BARS, MOST_LINES, MOST_DAYS, MOST_MONTHS = 15, 4, 200, 150


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture, before it is drawn.

    Args:
        kind: `line`, `bars` or `map`.
        title: what it shows.
        note: how the numbers were made.
        unit: of the numbers.
        labels: days, places or kinds.
        series: numbers by the name of the line; a single one bears no name.
        is_rate: the numbers may not be added up, so a map is coloured instead of dotted.
    """

    kind: str
    title: Text
    note: Text
    unit: Text
    labels: tuple[str, ...]
    series: Mapping[str, tuple[float | None, ...]]
    is_rate: bool = False


def figures(table: Curated, extract: Extract) -> list[Figure]:
    """Choose up to two pictures of a table: over time and by place where it has both, else by kind."""
    there = set(extract.columns())
    columns = [column for column in table.columns if column.name in there]
    measure = measure_of(table, columns, extract)
    found = [_over_time(columns, measure, extract), _by_place(columns, measure, extract)]
    return [each for each in found if each] or [each for each in [_by_kind(columns, measure, extract)] if each]


def _over_time(columns: Sequence[Column], measure: Measure, extract: Extract) -> Figure | None:
    time = next((c for c in columns if c.key and (c.type in TIMES or c.name in ("year", "month"))), None)
    if time is None:
        return None
    name = quoted(time.name)
    split = _split(columns, extract)
    needs = [time.name, *([split] if split else []), *([measure.column.name] if measure.column else [])]
    step, words = _step(time, extract)
    line = f"{quoted(split)}::varchar" if split else "''"
    rows = extract.ask(
        f"select {step} as moment, {line} as kind, {measure.sql} from extract "  # noqa: S608 - names of columns, quoted
        f"where {name} is not null group by all order by moment, kind",
        list(dict.fromkeys(needs)),
    )
    labels = _without_gaps(tuple(dict.fromkeys(row[0] for row in rows)))
    if len(labels) < 3:
        return None
    told = {(row[0], row[1] or ""): row[2] for row in rows}
    lines = sorted({row[1] or "" for row in rows})
    return Figure(
        "line",
        Text(f"{words.zh}{measure.title.zh}", f"{measure.title.en}, {words.en}"),
        measure.how,
        measure.unit,
        labels,
        {line: tuple(told.get((label, line)) for label in labels) for line in lines},
        measure.is_rate,
    )


def _without_gaps(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Put in the months or years between that have no row, so that a line does not run over them."""
    if not labels or len(labels[0]) > len("2020-01"):
        return labels
    months = len(labels[0]) == len("2020-01")
    first, last = (int(each[:4]) * 12 + int(each[5:] or 1) - 1 for each in (labels[0], labels[-1]))
    if months:
        return tuple(f"{month // 12}-{month % 12 + 1:02}" for month in range(first, last + 1))
    return tuple(str(year) for year in range(first // 12, last // 12 + 1))


def _step(time: Column, extract: Extract) -> tuple[str, Text]:
    """Choose days, months or years, so that a line has neither too few points nor too many."""
    name = quoted(time.name)
    if time.type in INTEGERS:
        return f"{name}::varchar", Text("逐年", "by year")
    query = f"select count(distinct {name}::date), count(distinct strftime({name}, '%Y-%m')) from extract"  # noqa: S608
    days, months = extract.ask(query, [time.name])[0]
    if days > months and days <= MOST_DAYS:
        return f"strftime({name}, '%Y-%m-%d')", Text("逐日", "by day")
    if months <= MOST_MONTHS:
        return f"strftime({name}, '%Y-%m')", Text("逐月", "by month")
    return f"strftime({name}, '%Y')", Text("逐年", "by year")


def _split(columns: Sequence[Column], extract: Extract) -> str | None:
    """Find a key of few kinds, each of which gets a line; the name of a code rather than the code."""
    there = {column.name for column in columns}
    for column in columns:
        if column.key and column.type == "string" and column.name not in PLACES:
            name = column.name.removesuffix("_code") + "_name"
            name = name if name in there else column.name
            kinds = extract.ask(f"select count(distinct {quoted(name)}) from extract", [name])[0][0]  # noqa: S608
            if 1 < kinds <= MOST_LINES:
                return name
    return None


def _by_place(columns: Sequence[Column], measure: Measure, extract: Extract) -> Figure | None:
    part, words = _comparable(columns, extract)
    for place in (column for name in PLACES for column in columns if column.name == name):
        rows = _grouped(place, measure, extract, part)
        if len({value for _, value in rows}) > 1:
            return _places(place, measure, rows, words)
    return None


def _comparable(columns: Sequence[Column], extract: Extract) -> tuple[Mapping[str, str], Text]:
    """Choose the rows whose sum by place means something: of the newest year, and of one kind where kinds overlap.

    Years may count the same people again, and sources the same cases.
    """
    part: dict[str, str] = {}
    if any(column.name == "year" and column.key for column in columns):
        part["year"] = str(extract.ask("select max(year) from extract", ["year"])[0][0])
    if split := _split(columns, extract):
        query = f"select {quoted(split)}::varchar as kind from extract group by 1 order by count(*) desc, 1"  # noqa: S608
        part[split] = extract.ask(query, [split])[0][0]
    return part, Text("，".join(part.values()), ", ".join(part.values()))


def _places(place: Column, measure: Measure, rows: Sequence[tuple[str, float]], part: Text) -> Figure:
    is_county = sum(row[0] in COUNTY_NAMES for row in rows) > 1
    shown = rows if is_county else rows[:MOST_BARS]
    title = Text(f"各{place.title or place.name}{measure.title.zh}", f"{measure.title.en}, by {_noun(place)}")
    if part.en:
        title = Text(f"{title.zh}（{part.zh}）", f"{title.en} ({part.en})")
    note = measure.how if len(shown) == len(rows) else _most(measure, len(shown), len(rows))
    return Figure("map" if is_county else "bars", title, note, measure.unit, *_one(shown), measure.is_rate)


def _by_kind(columns: Sequence[Column], measure: Measure, extract: Extract) -> Figure | None:
    for column in columns:
        if column.type in ("string", "boolean") and not column.key:
            rows = _grouped(column, Measure(None), extract)
            if 2 <= len(rows) <= 40:
                shown = rows[:MOST_BARS]
                title = Text(f"各「{column.title or column.name}」列數", f"Rows by {_noun(column)}")
                return Figure("bars", title, Text("列數", "number of rows"), of_unit("rows"), *_one(shown))
    return None


def _grouped(
    by: Column, measure: Measure, extract: Extract, part: Mapping[str, str] | None = None
) -> list[tuple[str, float]]:
    name, part = quoted(by.name), part or {}
    only = "".join(f" and {quoted(column)}::varchar = ${place + 1}" for place, column in enumerate(part))
    query = (
        f"select {name}::varchar, {measure.sql} as told from extract "  # noqa: S608
        f"where {name} is not null{only} group by 1 having told is not null order by told desc, 1"
    )
    needs = dict.fromkeys([by.name, *part, *([measure.column.name] if measure.column else [])])
    return [(row[0], row[1]) for row in extract.ask(query, list(needs), list(part.values()))]


def _one(rows: Sequence[tuple[str, float]]) -> tuple[tuple[str, ...], dict[str, tuple[float | None, ...]]]:
    return tuple(row[0] for row in rows), {"": tuple(row[1] for row in rows)}


def _most(measure: Measure, shown: int, of: int) -> Text:
    return Text(f"{measure.how.zh}；{of:,} 個中最高的 {shown} 個", f"{measure.how.en}; the {shown} highest of {of:,}")


def _noun(column: Column) -> str:
    return column.name.removesuffix("_name").replace("_", " ")


def table_of(figure: Figure) -> Iterator[tuple[str, ...]]:
    """Give a picture's numbers as rows of text, for readers and for machines."""
    for place, label in enumerate(figure.labels):
        yield (label, *(number(values[place]) for values in figure.series.values()))
