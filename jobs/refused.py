"""Which refused rows are asked for, and what their agency calls the columns that a reason speaks of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc

from lakeward.lake import ledger, quarantine
from lakeward.lake.quarantine import Aside
from lakeward.lake.storage import Lake
from lakeward.pipelines.agency import Headers, headers
from lakeward.pipelines.dataset import Dataset
from lakeward.pipelines.offsets import Numbers
from lakeward.pipelines.typed import REPEATED
from lakeward.pipelines.workbook import place_of
from lakeward.quality.wording import about, in_chinese

if TYPE_CHECKING:
    import pyarrow as pa

Array = Any  # the stubs of pyarrow tell its array types apart more finely than its functions do


@dataclass(frozen=True, slots=True)
class Asked:
    """Which refused rows are meant.

    Args:
        reason: a part of the reason, in English or Chinese; empty means any.
        file: the file's name or path, or a pattern of it; empty means any.
    """

    reason: str = ""
    file: str = ""

    def takes(self, aside: Aside) -> bool:
        """True when rows of this delivery are meant."""
        named = (aside.file, PurePosixPath(aside.file).name)
        return not self.file or self.file in named or any(fnmatchcase(name, self.file) for name in named)

    def meant(self, batch: pa.RecordBatch) -> dict[str, Numbers]:
        """Give, for each reason in a batch that is asked for, the positions of its rows."""
        told: Array = batch.column(batch.schema.get_field_index("reasons"))
        found = told.flatten().dictionary_encode()
        parents: Array = pc.list_parent_indices(told)
        rows, numbers = np.from_dlpack(parents), np.from_dlpack(found.indices)
        wanted = [(number, why) for number, why in enumerate(found.dictionary.to_pylist()) if self._takes(why)]
        return {why: rows[numbers == number] for number, why in wanted}

    def takes_any(self, reasons: Iterable[str]) -> bool:
        """True when a row with these reasons is meant."""
        return any(map(self._takes, reasons))

    def _takes(self, reason: str) -> bool:
        wanted = self.reason.casefold()
        return wanted in reason.casefold() or wanted in in_chinese(reason).casefold()


@dataclass(frozen=True, slots=True)
class Refused:
    """A data set's refused rows: its deliveries that have some, and the headers of each.

    Args:
        dataset: the declaration.
        asides: the deliveries, in the order of their files.
        headers: what the agency calls their columns, by sha256, as far as the ledger knows.
        encodings: how their bytes are decoded, by sha256, as `Head` tells it.
    """

    dataset: Dataset
    asides: tuple[Aside, ...]
    headers: Mapping[str, Headers]
    encodings: Mapping[str, str]

    @classmethod
    def of(cls, lake: Lake, dataset: Dataset) -> Refused:
        """Look up what a lake holds of a data set's refused rows."""
        entries = [each for each in ledger.entries(lake) if each.dataset == dataset.name and each.header]
        kinds = {header: headers(dataset, header) for header in dict.fromkeys(each.header for each in entries)}
        return cls(
            dataset,
            tuple(quarantine.asides(lake, dataset.name)),
            {each.sha256: kinds[each.header] for each in entries},
            {each.sha256: each.encoding for each in entries},
        )

    @property
    def rows(self) -> int:
        """All refused rows."""
        return sum(aside.rows for aside in self.asides)

    def header(self, aside: Aside) -> Headers:
        """Give the headers of a delivery; nothing is known of one that the ledger lost."""
        return self.headers.get(aside.sha256, Headers())

    def place(self, aside: Aside, row: int) -> tuple[str, str]:
        """Say where a row stands in its delivery, in English and Chinese: the line of a text, the row of a sheet."""
        kind = self.encodings.get(aside.sha256)
        if kind == "workbook":
            sheet, line = place_of(row)
            return f"sheet {sheet} row {line}", f"第 {sheet} 個工作表第 {line} 列"
        return (f"item {row}", f"第 {row} 筆") if kind == "json" else (f"row {row}", f"第 {row} 行")

    def cells(self, aside: Aside, reason: str) -> tuple[str, ...]:
        """Give the bronze columns (lower case) that a reason speaks of; none when that cannot be told."""
        return self.header(aside).cells(self.dataset.key if reason == REPEATED else about(reason))
