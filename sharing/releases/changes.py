"""What a release changed since the one before: rows by key, columns, and a sentence of it in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from lakeward.sharing.reader.duck import quoted

Schema = Sequence[Mapping[str, Any]]


def columns_changed(before: Schema, after: Schema) -> dict[str, list[str]]:
    """Name the columns that are new, gone, of another type and of another unit."""
    old, new = ({each["name"]: each for each in schema} for schema in (before, after))
    both = [name for name in new if name in old]
    return {
        "added": [name for name in new if name not in old],
        "removed": [name for name in old if name not in new],
        "retyped": [name for name in both if new[name]["type"] != old[name]["type"]],
        "unit_changed": [name for name in both if new[name]["unit"] != old[name]["unit"]],
    }


def rows_changed(before: pa.Table, after: pa.Table, key: Sequence[str]) -> dict[str, Any]:
    """Count rows that are new, gone and changed, by key; without one, a row that changed counts as gone and new.

    Args:
        before: rows of the release before.
        after: rows of this one.
        key: columns that both have, which make a row unique.

    Returns:
        `added`, `removed`, `changed` and, for each column of both that has other values, `cells` of how many rows.
    """
    import duckdb

    same = [
        f.name for f in after.schema if f.name in before.column_names and before.schema.field(f.name).type == f.type
    ]
    with duckdb.connect() as base:
        base.register("before", before)
        base.register("after", after)
        if not key or not set(key) <= set(same):
            count = "select count(*) from (select {0} from {1} except all select {0} from {2})"
            names = ", ".join(quoted(name) for name in same) or "1"
            gone, new = (base.execute(count.format(names, *pair)).fetchall()[0][0] for pair in _PAIRS)
            return {"added": new, "removed": gone, "changed": 0, "cells": {}}
        rest = [name for name in same if name not in key]
        on = " and ".join(f"a.{quoted(name)} is not distinct from b.{quoted(name)}" for name in key)
        differ = [f"a.{quoted(name)} is distinct from b.{quoted(name)}" for name in rest]
        ways = [" or ".join(differ) or "false", *differ]
        told = [
            "count(*) filter (b.__here is null)", "count(*) filter (a.__here is null)",
            *(f"count(*) filter (a.__here and b.__here and ({each}))" for each in ways),
        ]  # fmt: skip
        sides = "(select *, true as __here from after) a full join (select *, true as __here from before) b"
        asked = f"select {', '.join(told)} from {sides} on {on}"  # noqa: S608 - of quoted names of our own columns
        added, removed, changed, *cells = base.execute(asked).fetchall()[0]
    return {
        "added": added, "removed": removed, "changed": changed,
        "cells": {name: count for name, count in zip(rest, cells, strict=True) if count},
    }  # fmt: skip


_PAIRS = (("before", "after"), ("after", "before"))


def in_words(since: str, rows: Mapping[str, Any], columns: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Tell it in a sentence."""
    zh = [f"新增 {rows['added']:,} 列", f"修改 {rows['changed']:,} 列", f"移除 {rows['removed']:,} 列"]
    en = [f"{rows['added']:,} rows added", f"{rows['changed']:,} changed", f"{rows['removed']:,} removed"]
    for name, chinese, english in (
        ("added", "新增欄位", "new columns"), ("removed", "移除欄位", "columns gone"),
        ("retyped", "型別改變的欄位", "columns of another type"),
        ("unit_changed", "單位改變的欄位", "columns of another unit"),
    ):  # fmt: skip
        if columns[name]:
            zh.append(f"{chinese}：{'、'.join(columns[name])}")
            en.append(f"{english}: {', '.join(columns[name])}")
    return {"zh": f"與 {since} 版相比：{'；'.join(zh)}。", "en": f"Since {since}: {'; '.join(en)}."}


def not_compared(since: str) -> dict[str, str]:
    """Say that the release before cannot be read any more."""
    return {"zh": f"{since} 版的檔案無法讀取，未作比較。", "en": f"Not compared: the files of {since} cannot be read."}
