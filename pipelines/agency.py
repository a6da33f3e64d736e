"""What an agency calls things: its own headers for the columns of a delivery."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lakeward.lake.errors import DeliveryRefused
from lakeward.lake.table import as_cell
from lakeward.pipelines.dataset import Dataset
from lakeward.pipelines.head import column_name, column_names
from lakeward.pipelines.layout import fit


@dataclass(frozen=True, slots=True)
class Headers:
    """The headers of one delivery.

    Args:
        names: the agency's header of each bronze column, by its name in lower case, in the file's order.
        read: the bronze columns (lower case) that each declared column is read from.
        wide: the bronze columns (lower case) that become rows.
        long: the cells that long rows have in place of those.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    read: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    wide: frozenset[str] = frozenset()
    long: frozenset[str] = frozenset()

    def of(self, column: str) -> str:
        """Give the header of a bronze column; its own name where the header is blank or not known."""
        return self.names.get(column.casefold(), "").strip() or column

    def in_order(self, columns: Iterable[str]) -> list[str]:
        """Give bronze columns in the order in which they stand in the file."""
        places = {name: place for place, name in enumerate(self.names)}
        return sorted(columns, key=lambda name: places.get(name.casefold(), len(places)))

    def spoken_of(self, spoken: Collection[str], delivered: Iterable[str]) -> list[str]:
        """Give those of a row's columns that are spoken of, in order; for a cell of a long row the column it is of."""
        is_of_long = not self.long.isdisjoint(spoken)
        return [
            name for name in self.in_order(delivered)
            if name.casefold() in spoken or (is_of_long and name.casefold() in self.wide)
        ]  # fmt: skip

    def cells(self, about: Sequence[str]) -> tuple[str, ...]:
        """Give the bronze columns that some declared columns are read from; none where one of them is not known."""
        if not all(name in self.read for name in about):
            return ()
        return tuple(dict.fromkeys(cell for name in about for cell in self.read[name]))

    def words(self) -> dict[str, str]:
        """Give what the agency calls each declared column: its header on one line, several joined by ＋."""
        return {
            name: "＋".join(" ".join(self.of(cell).split()) for cell in cells)
            for name, cells in self.read.items()
            if cells
        }


def headers(dataset: Dataset, header: Sequence[str]) -> Headers:
    """Tell what a delivery calls the columns of a data set, from its header as the ledger holds it."""
    names = {name.casefold(): text for name, text in zip(column_names(header), header, strict=True)}
    try:
        layout = fit(dataset, header).layout
    except DeliveryRefused:  # the declaration has changed since
        return Headers(names)
    unpivot = dataset.source.unpivot
    wide = frozenset(unpivot.names([header]) if unpivot else ())
    long = frozenset(name.casefold() for name in unpivot.cells) if unpivot and wide else frozenset[str]()
    read = {
        name: tuple(column_name(text).casefold() for text in as_cell(cell).headers)
        for name, cell in layout.cells.items()
    }
    return Headers(names, read, wide, long)
