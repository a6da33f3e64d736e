"""The keys of rows in memory, and which other rows have one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

if TYPE_CHECKING:
    Values = pa.Array[Any] | pa.ChunkedArray[Any]


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of one column or several; a part that lacks equals one that lacks.

    Each key is a number: that of its last part among those that stand beside the number of all parts before it.

    Args:
        parts: for each column its name, its values, and which pairs of such numbers there are.
    """

    parts: tuple[tuple[str, Values, Values], ...]

    @classmethod
    def of(cls, rows: pa.Table, names: Sequence[str]) -> Keys:
        """Take the keys of rows.

        Args:
            rows: with the columns of the key, none of them of fractions.
            names: these columns.

        Raises:
            ValueError: two rows have one key.
        """
        parts = []
        numbers: Values = pa.repeat(pa.scalar(0, pa.int64()), rows.num_rows)
        for name in names:
            column = rows.column(name).combine_chunks()
            values = column.unique()
            pairs = _paired(numbers, column, values).dictionary_encode()
            parts.append((name, values, pairs.dictionary))
            numbers = pairs.indices.cast(pa.int64())
        if parts and len(parts[-1][2]) < rows.num_rows:
            raise ValueError(f"of {rows.num_rows:,} rows some have the same {', '.join(names)}")
        return cls(tuple(parts))

    def held_by(self, rows: pa.Table) -> pa.ChunkedArray[Any]:
        """Say of each row whether its key is one of these."""
        is_held: pa.ChunkedArray[Any] = self.places_of(rows).is_valid()
        return is_held

    def places_of(self, rows: pa.Table) -> pa.ChunkedArray[Any]:
        """Give for each row which of those that these keys are of has its key, from 0; it lacks where none has."""
        places: Any = pa.chunked_array([pa.repeat(pa.scalar(0, pa.int64()), rows.num_rows)])
        for name, values, pairs in self.parts:
            places = pc.index_in(_paired(places, rows.column(name), values), pairs).cast(pa.int64())
        return pa.chunked_array(places)


def _paired(numbers: Values, column: Values, values: Values) -> Any:
    """Make a number of two; it lacks where a value is none of those that are known."""
    return pc.add(pc.multiply(numbers, len(values)), pc.index_in(column, values).cast(pa.int64()))
