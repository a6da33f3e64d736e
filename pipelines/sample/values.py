"""What a declared column's text may be, from what its declaration says: type, codes, rules of the suite, its name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import time, timedelta
from functools import cache, cached_property
from random import Random
from string import Formatter
from typing import Any
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from rstr import Rstr

from lakeward.lake.table import Column, as_cell
from lakeward.pipelines.dataset import Dataset
from lakeward.pipelines.sample.rows import EPOCH, Rows
from lakeward.pipelines.sample.rules import DATES, bounds_of, choices_of, is_calendar, is_whole, place_of, thing_of
from lakeward.pipelines.sample.world import Numbers, World

Texts = Any  # the stubs of pyarrow tell its array types apart more finely than its functions do
Maker = Callable[[Rows], Texts]

DAYS = ("%Y-%m-%d", "%Y/%m/%d", "{roc:03}/%m/%d", "{roc}年%m月%d日", "{roc:03}%m%d", "%Y%m%d")
MONTHS = ("%Y-%m", "{roc:03}%m", "{roc}年%m月")
YEARS = ("%Y", "{roc}")
CLOCKS = (" %H:%M:%S", " %H時%M分%S秒")
CHOICES = 400
MOST_CODES = 50_000  # that match a pattern; a key of such codes repeats beyond
SKIES = {"rain_mm": ("0.0", "12.5"), "weather": ("晴", "雨")}


@dataclass(frozen=True)
class Values:
    """The texts of a data set's columns.

    Args:
        world: what they tell of.
        dataset: the declaration.
    """

    world: World
    dataset: Dataset

    def of(self, column: Column, position: int | None = None) -> Maker:
        """Tell how to write a column; `position` is which of its cells, where it is put together from several."""
        how = column.parse or column.type
        if how in DATES or how == "timestamp":
            return self._moments(column, how, position)
        if (place := place_of(column.name, tuple(self.world.places))) and (maker := self._place(column, place)):
            return maker
        if (thing := thing_of(column)) and not choices_of(self.dataset, column):
            return self._things(column, thing)
        if column.name in SKIES:
            return self._skies(column)
        return self._whole(column) if is_whole(column) else self._chosen(column)

    def template(self, made: str | Sequence[str]) -> Maker:
        """Write what a declaration gives as a hint: texts to choose from, or a template.

        A template holds `strftime` marks, `{roc}` for the 民國 year, `{n}` (`{n:03}`) for the number of the event, and
        the properties of a place (`{county_name}`).
        """
        if not isinstance(made, str):
            pool = pa.array(made, pa.string())
            salt = crc32("".join(made).encode())
            return lambda rows: picked(pool, self.world.draw(rows.numbers, salt, len(pool)))
        if "%" in made:
            return lambda rows: written(rows, made)
        parts = [(literal, field, width) for literal, field, width, _ in Formatter().parse(made)]

        def make(rows: Rows) -> Texts:
            told = [text for literal, field, width in parts for text in (literal, self._field(field, width, rows))]
            return joined(*(text for text in told if text is not None))

        return make

    def bad(self, column: Column) -> str | None:
        """Give a text that the column cannot take; None where any text will do."""
        taken = {*column.nulls, *column.reads}
        if column.type != "string" and "不明？" not in taken:
            return "不明？"
        return "" if self.is_needed(column) and not self._is_filled_down(column) else None

    def _is_filled_down(self, column: Column) -> bool:
        """True where a blank cell repeats the one above."""
        patterns = getattr(self.dataset.source.format, "fill_down", ())
        return any(re.search(pattern, header) for pattern in patterns for header in as_cell(column.cell).headers)

    def is_needed(self, column: Column) -> bool:
        """True where a row without a value is refused."""
        return column.key or any(
            rule.type == "expect_column_values_to_not_be_null"
            and rule.severity == "critical"
            and rule.arguments["column"] == column.name
            for rule in self.dataset.suite
        )

    @cached_property
    def _patterns(self) -> dict[str, str]:
        return {
            rule.arguments["column"]: rule.arguments["regex"]
            for rule in self.dataset.suite
            if rule.type == "expect_column_values_to_match_regex"
        }

    def _pattern_beyond(self, column: Column, plain: str) -> str:
        """Give the pattern that a column must match; empty where a plain text does."""
        pattern: str = self._patterns.get(column.name, "")
        return "" if re.search(pattern, plain) else pattern

    def _field(self, field: str | None, width: str | None, rows: Rows) -> Texts:
        if field is None:
            return None
        if field == "n":
            return pc.utf8_lpad(spelled(rows.events + 1), int(width or 0), "0")
        if field in rows.things:
            return spelled(rows.things[field] + 1)
        return picked(pa.array(self.world.places[field]), rows.places)

    def _moments(self, column: Column, how: str, position: int | None) -> Maker:
        if position:
            return lambda rows: written(rows, "%H%M%S")
        shapes = YEARS if how.startswith("year") else MONTHS if how.startswith("month") else DAYS
        shape = shapes[crc32(self.dataset.name.encode()) % len(shapes)]  # an agency has its own way
        if how == "timestamp" and position is None:
            shape += CLOCKS["年" in shape]
        return lambda rows: written(rows, shape)

    def _place(self, column: Column, place: str) -> Maker | None:
        texts = self.world.places[place]
        if "code" in place and "no_dash" not in column.tidy:
            bare = tuple(text.replace("-", "") for text in texts)
            pattern = self._patterns.get(column.name, r"^\d+$")
            fits = [each for each in (texts, bare) if re.search(pattern, each[0])]
            if not fits:
                return None
            texts = fits[0]
        pool = pa.array(texts)
        return lambda rows: picked(pool, rows.places)

    def _things(self, column: Column, thing: str) -> Maker:
        start = "示例" if column.name.endswith("_name") else "M"
        if pattern := self._pattern_beyond(column, f"{start}0001"):
            pool = _matching(pattern, column.name, max(CHOICES, min(self.world.rows, MOST_CODES)))
            return lambda rows: picked(pool, rows.things[thing] % len(pool))

        def make(rows: Rows) -> Texts:
            numbers = spelled(rows.things[thing] + 1)
            padded = numbers if start == "示例" else pc.utf8_lpad(numbers, 4, "0")
            return joined(start, padded)

        return make

    def _whole(self, column: Column) -> Maker:
        if is_calendar(column):
            shape = "%m" if column.name.endswith("month") else "{roc}" if "roc" in column.name else "%Y"
            return lambda rows: written(rows, shape)
        return (lambda rows: spelled(rows.ranks[column.name])) if column.key else self._chosen(column)

    def _skies(self, column: Column) -> Maker:
        pool = pa.array(SKIES[column.name])
        return lambda rows: picked(pool, self.world.is_wet(rows.places, rows.days).astype(np.int64))

    def _chosen(self, column: Column) -> Maker:
        """Draw from a few hundred texts; a text that must be unique is numbered instead."""
        told = self._told(column)
        pattern = self._pattern_beyond(column, "示例1") if column.type == "string" else ""
        if column.key and pattern and not choices_of(self.dataset, column):
            codes = _matching(pattern, column.name, max(CHOICES, min(self.world.rows, MOST_CODES)))
            return lambda rows: picked(codes, rows.events % len(codes))
        if column.key and told is None:
            return lambda rows: joined("示例", spelled(rows.events + 1))
        pool = pa.array([f"示例{number}" for number in range(1, 10)] if told is None else told, pa.string())
        salt = crc32(column.name.encode())

        def make(rows: Rows) -> Texts:
            at = rows.ranks.get(column.name)
            return picked(pool, self.world.draw(rows.numbers, salt, len(pool)) if at is None else at)

        return make

    def _told(self, column: Column) -> Sequence[str] | None:
        if choices := choices_of(self.dataset, column):
            return choices
        if column.type == "boolean":
            return "是", "否"
        if column.type != "string":
            return self._numbers(column)
        pattern = self._pattern_beyond(column, "示例1")
        return _matching(pattern, column.name, CHOICES).to_pylist() if pattern else None

    def _numbers(self, column: Column) -> Sequence[str]:
        low, high = bounds_of(self.dataset, column.name) or (0, 100)
        high = min(high, low + 5_000)
        scale = int(column.type[:-1].rpartition(",")[2]) if column.type.startswith("decimal") else 1
        steps = low + (high - low) * np.linspace(0.1, 1, CHOICES) ** (2 if low >= 0 else 1)  # small counts are commoner
        if column.type in {"int", "bigint"}:
            return [str(round(step)) for step in steps]
        return [f"{step:.{scale}f}" for step in steps]


def written(rows: Rows, shape: str) -> Texts:
    """Write the moment of each row in a shape of `strftime` with `{roc}`; the day stands before the time."""
    cut = shape.find("%H") if "%H" in shape else len(shape)
    days, which = np.unique(rows.days, return_inverse=True)
    told = [EPOCH + timedelta(int(day)) for day in days]
    texts = picked(pa.array([day.strftime(shape[:cut].format(roc=day.year - 1911)) for day in told]), which)
    if cut == len(shape):
        return texts
    clock = pa.array([time(at // 60, at % 60).strftime(shape[cut:]) for at in range(1_440)])
    return joined(texts, picked(clock, rows.minutes))


def joined(*parts: Texts) -> Texts:
    """Put texts side by side, row by row."""
    return pc.binary_join_element_wise(*parts, "")


def picked(pool: Texts, at: Numbers) -> Texts:
    """Give for each number the text at that place."""
    places: Texts = pa.array(at)
    return pool.take(places)


def spelled(numbers: Numbers) -> Texts:
    """Write whole numbers."""
    return pc.cast(pa.array(numbers), pa.string())


@cache
def _matching(pattern: str, name: str, count: int) -> Texts:
    """Give distinct texts that match, the same for the same column name: data sets must meet."""
    source = Rstr(Random(name))  # noqa: S311 - made data, no secret
    plain = re.sub(r"\\.|\[[^\]]*\]|\.", lambda found: "[甲乙丙丁]" if found[0] == "." else found[0], pattern)
    drawn = dict.fromkeys(source.xeger(plain) for _ in range(2 * count))
    return pa.array([text for text in drawn if re.search(pattern, text)][:count], pa.string())
