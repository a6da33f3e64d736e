"""Rows of a data set: read as text, typed, and the bad ones set aside with their reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pyspark.sql import Column, DataFrame, SparkSession, Window
from pyspark.sql import functions as F

Field = tuple[Column, Column]
"""A column's text, and its value: the same one where every text is a value."""


@dataclass(frozen=True, slots=True)
class Dataset:
    """Rows as delivered, and how they are read.

    Args:
        rows: `file`, and a column `=NAME` of text for each cell.
        fields: by column.
        key: what may stand only once in a file.
        needed: columns that must have a value.
        rules: more reasons, and when they hold of a row.
    """

    rows: DataFrame
    fields: Mapping[str, Field]
    key: Sequence[str]
    needed: Sequence[str]
    rules: Mapping[str, Column] = field(default_factory=dict)


def split(dataset: Dataset) -> tuple[DataFrame, DataFrame]:
    """Give the good rows and the refused ones, with their cells; both are kept in memory, as they are read again."""
    unread = {
        f"{name}: not readable": text.isNotNull() & F.col(name).isNull()
        for name, (text, value) in dataset.fields.items()
        if text is not value
    }
    missing = {f"{name}: no value": F.col(name).isNull() for name in dataset.needed}
    broken = unread | missing | dict(dataset.rules)
    reasons = F.array_compact(F.array(*(F.when(is_broken, F.lit(reason)) for reason, is_broken in broken.items())))
    typed = dataset.rows.select("*", *(value.alias(name) for name, (_, value) in dataset.fields.items()))
    checked = typed.withColumn("reasons", reasons)
    is_good = F.size("reasons") == 0
    by_key = Window.partitionBy("file", *dataset.key, is_good).orderBy(F.monotonically_increasing_id())
    is_repeat = is_good & (F.col("turn") > 1)
    repeats = F.array(F.lit("repeats the key of an earlier row"))
    numbered = checked.withColumn("turn", F.row_number().over(by_key))
    told = numbered.withColumn("reasons", F.when(is_repeat, repeats).otherwise(F.col("reasons")))
    headers = [name for name in dataset.rows.columns if name.startswith("=")]
    cells = F.when(~is_good, F.struct(*(F.col(f"`{name}`").alias(name[1:]) for name in headers))).alias("cells")
    kept = told.select(*dataset.fields, "file", "reasons", cells).persist()
    return kept.where(is_good).drop("reasons", "cells"), kept.where(~is_good).select("file", "reasons", "cells")


def read(spark: SparkSession, paths: Sequence[Path]) -> DataFrame:
    """Read files of one header as text, without blanks around it; empty cells are no text."""
    rows = spark.read.csv(
        [str(path) for path in paths], header=True, ignoreLeadingWhiteSpace=True, ignoreTrailingWhiteSpace=True
    )
    cells = (F.col(f"`{name}`").alias(f"={name}") for name in rows.columns)
    return rows.select(F.col("_metadata.file_name").alias("file"), *cells)


def cell(name: str) -> Column:
    return F.col(f"`={name}`")


def text(name: str) -> Field:
    text = cell(name)
    return text, text


def parsed(kind: str, name: str, *no_value: str) -> Field:
    """Read a cell as Spark casts it, unless it is one of the codes for no value."""
    text = F.when(~cell(name).isin(*no_value), cell(name)) if no_value else cell(name)
    return text, text.try_cast(kind)


def yes_or_no(name: str) -> Field:
    return cell(name), F.when(cell(name).isin("1", "是"), True).when(cell(name).isin("0", "否"), False)


def written(text: Column) -> Column:
    """Write a name as the registry does: 臺 for 台, no blanks."""
    return F.translate(text, "台 \u3000", "臺")


def place(name: str) -> Field:
    text = written(cell(name))
    return text, text


def outside(name: str, low: int, high: int) -> dict[str, Column]:
    return {f"{name}: not between {low} and {high}": ~F.col(name).between(low, high)}
