"""Few deliveries whose rows lie in this process's memory: what Spark would have to plan a query for, Arrow tells.

It gives what `repeats`, `combine` and `quarantine` ask of Spark where rows are more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from lakeward.lake.in_memory import Held
from lakeward.lake.keys import Keys
from lakeward.pipelines.dataset import Append, Dataset
from lakeward.pipelines.typed import DELIVERY, FOOTER, PLACE, REPEATED, place

if TYPE_CHECKING:
    from lakeward.lake.ledger import Entry

TEXTS = pa.list_(pa.string())
CELLS = pa.map_(pa.string(), pa.string())
Cells = Any  # the stubs of pyarrow tell its array types apart more finely than its functions do


@dataclass(frozen=True, slots=True)
class InHand:
    """The rows of some deliveries.

    Args:
        dataset: the declaration; none whose wide rows become long.
        entries: the ledger's line of each delivery, by sha256.
        delivered: the rows as they lie in bronze.
        typed: the same as `typed.checked` gives them.
    """

    dataset: Dataset
    entries: Mapping[str, Entry]
    delivered: Held
    typed: Held

    @property
    def has_exact_keys(self) -> bool:
        """Say whether keys are told apart by their bytes, which fractions and what holds several values are not."""
        kinds = (self.typed.rows.schema.field(name).type for name in self.dataset.key)
        return not any(pa.types.is_floating(kind) or pa.types.is_nested(kind) for kind in kinds)

    def without_repeats(self, order: Mapping[str, int]) -> InHand:
        """Give good rows that repeat the key of an earlier one `REPEATED` as their reason; keys are exact.

        Args:
            order: the number of each delivery, by sha256, from the one whose rows come first.
        """
        key, rows = self.dataset.key, self.typed.rows
        scope = [*key] if isinstance(self.dataset.combine, Append) else [DELIVERY, *key]
        good = self._good().select(dict.fromkeys((DELIVERY, "_row", *key)))
        if not key or good.group_by(scope).aggregate([]).num_rows == good.num_rows:
            return self
        at = pa.array(range(rows.num_rows), pa.int64()).filter(rows.column("_reasons").is_null().combine_chunks())
        turn = _of_delivery(pa.array([order[sha256] for sha256 in self.entries]), good.column(DELIVERY))
        in_turn = (
            good.append_column("_at", at)
            .append_column("_turn", turn)
            .sort_by([("_turn", "ascending"), ("_row", "ascending")])
        )
        first = in_turn.group_by(scope, use_threads=False).aggregate([("_at", "first")]).column("_at_first")
        is_later = pc.invert(pc.is_in(at, first))
        is_repeat = pc.is_in(pa.array(range(rows.num_rows), pa.int64()), at.filter(is_later))
        kind = rows.schema.field("_reasons").type
        reasons = pc.if_else(is_repeat, pa.scalar([REPEATED], kind), rows.column("_reasons"))
        told = rows.set_column(rows.schema.get_field_index("_reasons"), rows.schema.field("_reasons"), reasons)
        return replace(self, typed=replace(self.typed, rows=told))

    def good(self) -> Held:
        """Give the good rows as silver has them."""
        from pyspark.sql.types import StringType, StructField, StructType

        rows, told = self._good(), self._texts
        columns = (*self.dataset.types, *place(self.dataset))
        cells = [
            _of_delivery(told[name], rows.column(DELIVERY)) if name in told else rows.column(name) for name in columns
        ]
        text, schema = StringType(), self.typed.schema
        fields = [StructField(name, text) if name in told else schema[name] for name in columns]
        return Held(self.typed.spark, pa.Table.from_arrays(cells, names=[*columns]), StructType(fields))

    def aside(self, out: Mapping[str, str], names: Sequence[str], run_id: str) -> Held:
        """Give the refused rows as quarantine has them.

        Args:
            out: why deliveries are refused whole, by sha256.
            names: the columns of bronze that hold cells.
            run_id: the run.
        """
        from pyspark.sql.pandas.types import from_arrow_schema

        refused = self._refused(out)
        rows = self.delivered.rows.take(Keys.of(self.delivered.rows, PLACE[1:]).places_of(refused))
        told: dict[str, Cells] = {
            "file": rows.column("_file"),
            "row_number": rows.column("_row"),
            "reasons": refused.column("_reasons"),
            "delivered": pa.array(_cells(rows, names), CELLS),
            "overflow": rows.column("_overflow"),
            "run_id": pa.repeat(pa.scalar(run_id), rows.num_rows),
            "_sha256": rows.column("_sha256"),
        }
        table = pa.table(told)
        return Held(self.typed.spark, table, from_arrow_schema(table.schema))

    def _good(self) -> pa.Table:
        rows = self.typed.rows
        return rows.filter(rows.column("_reasons").is_null())

    def _refused(self, out: Mapping[str, str]) -> pa.Table:
        """Give the place and the reasons of each refused row."""
        typed, number = self.typed.rows, self.typed.rows.column(DELIVERY)
        whole = [[f"delivery refused: {out[sha256]}"] if sha256 in out else None for sha256 in self.entries]
        reasons: Cells = pc.coalesce(typed.column("_reasons"), _of_delivery(pa.array(whole, TEXTS), number))
        is_remark = pc.equal(pc.list_element(reasons, 0), pa.scalar(FOOTER))  # it has no other reason
        place: dict[str, Cells] = {
            "_sha256": _of_delivery(self._texts["_sha256"], number),
            "_row": typed.column("_row"),
        }
        return pa.table(place | {"_reasons": reasons}).filter(pc.invert(is_remark))

    @property
    def _texts(self) -> dict[str, Cells]:
        """Give the names of the deliveries by the names of the columns that tell them."""
        files = [entry.file for entry in self.entries.values()]
        return {"_file": pa.array(files, pa.string()), "_sha256": pa.array([*self.entries], pa.string())}


def _of_delivery(told: Cells, number: Cells) -> Cells:
    """Give what is told of the delivery that a row is of, delivery by delivery."""
    return told.take(number.combine_chunks())


def _cells(rows: pa.Table, names: Sequence[str]) -> list[list[tuple[str, str]]]:
    """Give what was delivered of each row, cell by cell."""
    columns = [rows.column(name).to_pylist() for name in names]
    return [
        [(name, cell) for name, cell in zip(names, cells, strict=True) if cell is not None]
        for cells in zip(*columns, strict=True)
    ]
