"""A drafted declaration as Python in the house's style."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import normalize

from lakeward.jobs.draft.columns import Guess
from lakeward.jobs.draft.delivery import Delivery
from lakeward.jobs.draft.layout import Group, Part, laid_out, text, texts
from lakeward.pipelines.formats import Csv
from lakeward.pipelines.head import column_name, column_names
from lakeward.pipelines.shapes import looks_like

PLACES = {
    "lon_deg": "longitude, WGS84",
    "lat_deg": "latitude, WGS84",
    "x_twd97_m": "easting, TWD97 / TM2 zone 121",
    "y_twd97_m": "northing, TWD97 / TM2 zone 121",
}
TEXTS = {"tai": ("台", "臺"), "squeeze": (" ", "")}


@dataclass(frozen=True, slots=True)
class Draft:
    """A declaration to be.

    Args:
        name: `domain.noun`.
        files: the pattern of its deliveries.
        file: the one it is drafted from.
        delivery: what was found in it.
        guesses: its columns.
        names: what they are called.
        key: the places of those that make a row unique.
        period: pattern of the file's name, the place of the date column, and the unit, where they agree.
        notes: what a person should look at.
    """

    name: str
    files: str
    file: str
    delivery: Delivery
    guesses: Sequence[Guess]
    names: Sequence[str]
    key: tuple[int, ...] = ()
    period: tuple[str, int, str] | None = None
    notes: tuple[str, ...] = ()


def module(draft: Draft, url: str = "") -> str:
    """Write the file that declares a data set; `url` is where `fetch` finds it, when it was fetched."""
    noun = draft.name.partition(".")[2]
    rules = suite(draft.guesses, draft.names, draft.key)
    body = laid_out(
        Group(
            f"{noun.upper()} = Dataset(",
            [
                f"name={text(draft.name)}",
                f"title={text(noun.replace('_', ' ').capitalize())}",
                f"title_zh={text(_stem(draft.file))}",
                'agency="not stated"',
                _source(draft, url),
                f"combine={_combine(draft)}",
                Group("columns=(", [*_columns(draft)], is_open=True),
                Group("suite=(", rules, is_open=True),
            ],
            is_open=True,
        )
    )
    return f"{_top(draft, body)}\n{body}\n"


def suite(guesses: Sequence[Guess], names: Sequence[str], key: Sequence[int] = ()) -> list[Part]:
    """Write the rules that columns suggest: what makes a row unique is critical, the rest a warning."""
    rules: list[Part] = [_rule("column_values_to_not_be_null", text(names[place])) for place in key]
    for guess, name in zip(guesses, names, strict=True):
        if guess.is_county:
            rules.append(_rule("column_values_to_be_in_set", text(name), "COUNTY_NAMES", warning=True))
        elif guess.codes:
            values = dict.fromkeys(_tidied(value, guess.tidy) for value in guess.codes)
            rules.append(_rule("column_values_to_be_in_set", text(name), texts(list(values)), warning=True))
        elif guess.shape:
            rules.append(_rule("column_values_to_match_regex", text(name), text(guess.shape), warning=True))
        elif bounds := _bounds(guess, name):
            rules.append(_rule("column_values_to_be_between", text(name), *bounds, warning=True))
    return [*rules, _rule("table_row_count_to_be_between", "min_value=1")]


def _rule(type_: str, *given: Part, warning: bool = False) -> Group:
    return Group(f"expect.{type_}(", [*given, *(['severity="warning"'] if warning else [])])


def _bounds(guess: Guess, name: str) -> tuple[str, ...]:
    """Give the range that a unit or a place has; a quantity that was never negative has no upper end."""
    places = {"lon_deg": ("116", "123"), "lat_deg": ("20", "27")}
    if guess.end in places:
        return places[guess.end]
    if guess.type not in ("int", "bigint", "double"):
        return ()
    low, high = min(_numbers(guess), default=0), max(_numbers(guess), default=0)
    if guess.unit == "%" and 0 <= low <= high <= 100:
        return ("0", "100")
    return ("0",) if low >= 0 and guess.unit else ()


def _numbers(guess: Guess) -> list[float]:
    return [float(normalize("NFKC", each).replace(",", "")) for each in guess.counts if looks_like("double", each)]


def _tidied(value: str, tidy: Sequence[str]) -> str:
    for name in tidy:
        value = value.replace(*TEXTS[name]) if name in TEXTS else normalize("NFKC", value)
    return value


def _stem(file: str) -> str:
    return file.partition(".")[0]


def _top(draft: Draft, body: str) -> str:
    """Write the docstring, with what is to be looked at, and the imports."""
    notes = "".join(f"- {note}\n" for note in (*draft.delivery.notes, *draft.notes))
    told = f"\n\nTo be looked at, beside every name, unit and rule:\n{notes}" if notes else ""
    kinds = [kind for kind in ("Csv", "Dataset", "Json", "ReplacePeriod", "Snapshot", "Source") if f"{kind}(" in body]
    county = "from lakeward.pipelines.places.counties import COUNTY_NAMES\n" if "COUNTY_NAMES" in body else ""
    return (
        f'"""A draft from {draft.file} by `lakeward profile`.{told}"""\n\n'
        f"from lakeward.lake.table import Column\n"
        f"from lakeward.pipelines.dataset import {', '.join(kinds)}\n{county}"
        f"from lakeward.quality import expect\n"
    )


def _source(draft: Draft, url: str) -> Group:
    return Group(
        "source=Source(",
        [
            f"files={text(draft.files)}",
            'licence="not stated"',
            'cadence="not stated"',
            *([f"url={text(url)}"] if url else []),
            *_format(draft.delivery),
            *([f"period={text(draft.period[0])}"] if draft.period else []),
        ],
        is_open=True,
    )


def _format(delivery: Delivery) -> list[Part]:
    form = delivery.format
    if not isinstance(form, Csv):
        return [f"format=Json(rows={text(form.rows)})"] if form.rows else ["format=Json()"]  # type: ignore[union-attr]
    told: list[Part] = [f"encoding={text(str(form.encoding))}"] if form.encoding else []
    told += [f"delimiter={text(str(form.delimiter))}"] if form.delimiter != "," else []
    told += [f"header={text(form.header)}"] if form.header else []
    told += [f"header_rows={form.header_rows}"] if form.header_rows > 1 else []
    told += [Group("footers=(", [*map(text, form.footers)])] if form.footers else []
    return [Group("format=Csv(", told)] if told else []


def _combine(draft: Draft) -> str:
    if draft.period:
        return f"ReplacePeriod({text(draft.names[draft.period[1]])}, {text(draft.period[2])})"
    return "Snapshot()"


def _columns(draft: Draft) -> list[Group]:
    bronze = column_names([guess.header for guess in draft.guesses])
    made = []
    for place, (guess, name) in enumerate(zip(draft.guesses, draft.names, strict=True)):
        is_first = bool(guess.header.strip()) and column_name(guess.header) == bronze[place]
        cell = guess.header.strip() if is_first else bronze[place]
        told: list[Part] = [text(name), text(guess.type), text(_description(name, guess))]
        told += [f"unit={text(guess.unit)}"] if guess.unit else []
        told += [f"cell={text(cell)}"]
        told += [f"parse={text(guess.parse)}"] if guess.parse else []
        told += [Group("tidy=(", [*map(text, guess.tidy)])] if guess.tidy else []
        told += [Group("nulls=(", [*map(text, guess.nulls)])] if guess.nulls else []
        told += ["reads={" + ", ".join(f"{text(a)}: {text(b)}" for a, b in guess.reads) + "}"] if guess.reads else []
        told += ["key=True"] if place in draft.key else []
        made.append(Group("Column(", told))
    return made


def _description(name: str, guess: Guess) -> str:
    if guess.end in PLACES:
        return PLACES[guess.end]
    if re.match(r"column_\d", name):
        return "to be described"
    return (
        re.sub(rf"_{guess.end}$", "", name).replace("_", " ")
        if guess.end and name != guess.end
        else name.replace("_", " ")
    )
