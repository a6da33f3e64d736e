"""How two states of a table differ.

They are compared row by row, not by Delta's change data feed: a curated table is written anew, so that its feed tells
of every row, while readers want those that came out otherwise. It serves releases and shared tables as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from lakeward.lake.errors import UsageError
from lakeward.sharing.reader.duck import connection, explained, quoted


def between(before: Any, after: Any, key: Sequence[str]) -> pa.Table:
    """Give the rows that are in one of two states only.

    Args:
        before: the earlier state, an Arrow data set or table.
        after: the later one.
        key: columns that make a row unique; where a state lacks one of them there is none, and a changed row is one
            deleted and one inserted.

    Raises:
        UsageError: they have no column in common.
    """
    types = {field.name: field.type for field in before.schema}
    same = [field.name for field in after.schema if types.get(field.name) == field.type]
    if not same:
        raise UsageError("the two states have no column in common", remedy="compare others, as history() lists them")
    names, whole_key = ", ".join(map(quoted, same)), key if set(key) <= set(same) else ()
    on = " and ".join(f"other.{quoted(name)} is not distinct from mine.{quoted(name)}" for name in whole_key) or "false"
    base = connection()
    base.register("before", before)
    base.register("after", after)
    asked = " ".join([
        f"with old as (select {names} from before), new as (select {names} from after),",  # noqa: S608 - quoted names
        "gone as (from old except all from new), came as (from new except all from old)",
        _named("gone", "came", on, kept="update_preimage", alone="delete"), "union all",
        _named("came", "gone", on, kept="update_postimage", alone="insert"),
        f"order by {', '.join(map(quoted, whole_key or same))}, _change_type desc",
    ])  # fmt: skip
    with explained(same):
        found: pa.Table = base.sql(asked).to_arrow_table()
    return found


def _named(mine: str, other: str, on: str, *, kept: str, alone: str) -> str:
    """Say of each row of one side whether the other side has its key."""
    change = f"case when exists (select 1 from {other} other where {on}) then '{kept}' else '{alone}' end"  # noqa: S608
    return f"select {change} as _change_type, mine.* from {mine} mine"  # noqa: S608
