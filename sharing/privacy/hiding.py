"""Hide small cells of a curated table on their way into it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lakeward.lake.origin import drawn_from
from lakeward.pipelines.dataset import Curated

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame


def guarded(curated: Curated, frame: DataFrame, before: pa.Table | None) -> DataFrame:
    """Give a table's rows with small cells hidden, and those without which they could be reckoned.

    Args:
        curated: the table; without `hidden` in its disclosure its rows are given as they are.
        frame: its columns, all but the one that tells what is hidden.
        before: of its last release, what was hidden there; that stays hidden.
    """
    rule = curated.disclosure
    if rule is None or not rule.hidden or rule.public:
        return frame
    made = frame.sparkSession.createDataFrame(hidden(curated, frame.toArrow(), before))
    return drawn_from(made, frame)


def hidden(curated: Curated, rows: pa.Table, before: pa.Table | None) -> pa.Table:
    """Hide what `cells.to_hide` chooses, and say in which rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    from lakeward.sharing.privacy.cells import cells, to_hide

    rule = curated.disclosure
    if rule is None:
        raise RuntimeError(f"{curated.name} hides nothing")
    was = cells(before, rule, curated.key) if before is not None else None
    chosen = to_hide(cells(rows, rule, curated.key), [was.keys[at] for at in was.hidden] if was else ())
    mask = pa.array([at in chosen for at in range(len(rows))], pa.bool_())
    for name in (*rule.counts, *(part for part, _ in rule.parts), *rule.hides):
        at = rows.schema.get_field_index(name)
        nothing = pa.scalar(None, rows.schema.field(at).type)
        rows = rows.set_column(at, rows.schema.field(at), pc.if_else(mask, nothing, rows.column(at)))
    return rows.append_column(rule.hidden, mask)
