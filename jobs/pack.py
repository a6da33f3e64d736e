"""Repair packs: one file for an agency with its refused rows, where each stands to the byte, and what is wrong.

Whoever reads `length` bytes at `offset` of the file named in a row, as it was delivered, has that very row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from lakeward.jobs.refused import Asked, Refused
from lakeward.lake.errors import DeliveryRefused
from lakeward.lake.landing import Delivery, deliveries
from lakeward.lake.quarantine import Aside
from lakeward.lake.sheet import check_fits, new_sheet
from lakeward.pipelines.offsets import Numbers, Places, locate
from lakeward.pipelines.reading import read_head
from lakeward.quality.wording import in_chinese

Document = dict[str, Any]
Say = Callable[[tuple[str, ...], frozenset[str]], tuple[str, str, str]]
OWN = (
    "file 檔案", "line 行號", "place 位置", "byte offset 起始位元組", "byte length 位元組長度", "bytes of 位元組所屬",
    "sha256", "columns 欄位", "reasons", "原因", "remark 備註",
)  # fmt: skip
BEYOND = "cells beyond the header 超出標題列的內容"
KINDS = 1_000
"""So many different lists of reasons are put into words once only."""
SLICE = 20_000
"""So many rows are put in order at a time; Spark leaves those of a file in any order."""
PLAIN, UNPACKED = "the file 原檔", "the file unpacked by gzip 解壓縮後的檔案"
GONE = "the file is no longer in the landing folder 檔案已不在收件資料夾"
CHANGED = "the file has changed since it was read, so the place is not known 檔案在讀取後已變更，無法標示位置"
UNKNOWN = "how the file was decoded is not known any more 已無法得知檔案的編碼"


@dataclass(frozen=True, slots=True)
class _Found:
    """Where the bytes of a delivery's rows stand; or a remark why that is not known. Only rows of text are bytes."""

    places: Places | None
    remark: str = ""
    delimiter: str = ","

    def located(self, numbers: Numbers) -> int:
        """Count the rows whose place in the file is known."""
        if self.places is None:
            return 0 if self.remark else len(numbers)
        return int(np.isin(numbers, self.places.rows).sum())


def write(refused: Refused, asked: Asked, landing: str, to: Path) -> Document:
    """Write a pack, whole or not at all, and tell what it holds. No rows make no file.

    Args:
        refused: the rows of a data set.
        asked: which of them.
        landing: the landing root, where the files are looked for.
        to: the pack, `.xlsx` or `.csv`; one that is there is replaced.

    Raises:
        UsageError: the pack or the landing root is no good, or an XLSX cannot hold the rows.
        TryAgainLater: the disk is full.
    """
    counted = {aside: len(_numbers(aside, asked)) for aside in refused.asides if asked.takes(aside)}
    chosen = [aside for aside, rows in counted.items() if rows]
    titles = _titles(refused, chosen)
    rows = sum(counted.values())
    check_fits(to, rows + 1, len(OWN) + len(titles) + 1)
    landed = {each.file: each for each in deliveries(landing, refused.dataset.source.files)[0]} if chosen else {}
    files = []
    if chosen:
        with new_sheet(to) as add:
            add([*OWN, *titles.values(), BEYOND])
            for aside in chosen:
                numbers = _numbers(aside, asked)
                found = _found(refused, aside, landed.get(aside.file), np.unique(numbers))
                say = lru_cache(KINDS)(partial(_said, refused, aside))
                for row in filter(lambda row: asked.takes_any(row["reasons"]), _rows(aside, np.unique(numbers))):
                    add([*_told(refused, aside, found, say, row, titles), found.delimiter.join(row["overflow"] or ())])
                files.append(_file(aside, numbers, found))
    return {
        "schema": "lakeward.pack/1",
        "table": refused.dataset.name,
        "agency": refused.dataset.agency,
        "pack": str(to) if chosen else None,
        "rows_in_quarantine": refused.rows,
        "rows": rows,
        "files": files,
    }


def _file(aside: Aside, numbers: Numbers, found: _Found) -> Document:
    return {
        "file": aside.file,
        "sha256": aside.sha256,
        "rows": len(numbers),
        "located": found.located(numbers),
        "remark": found.remark,
    }


def text(packed: Document) -> str:
    """Tell what a pack holds, for people."""
    if not packed["rows"]:
        every = packed["rows_in_quarantine"]
        said = f"none of the {every:,} rows in quarantine is meant" if every else "no row is in quarantine"
        return f"{packed['table']}: {said}; no pack was written"
    located = sum(each["located"] for each in packed["files"])
    lines = [
        f"{packed['pack']}: {packed['rows']:,} refused rows of {len(packed['files']):,} files, "
        f"{located:,} with their place in the file; for {packed['agency']}"
    ]
    return "\n".join(
        [*lines, *(f"note: {each['file']}: {each['remark']}" for each in packed["files"] if each["remark"])]
    )


def _numbers(aside: Aside, asked: Asked) -> Numbers:
    """Give the number of each row that is asked for, ascending; eight bytes a row are held."""
    found = [np.zeros(0, np.int64)]
    for batch in aside.batches("row_number", "reasons"):
        meant = list(asked.meant(batch).values())
        if meant:
            found.append(np.from_dlpack(batch.column(0)).astype(np.int64)[np.unique(np.concatenate(meant))])
    return np.sort(np.concatenate(found))


def _titles(refused: Refused, asides: Sequence[Aside]) -> dict[str, str]:
    """Give the agency's header of each bronze column (lower case) that the deliveries have, the newest file's first."""
    titles: dict[str, str] = {}
    for aside in reversed(asides):
        header = refused.header(aside)
        if header.names:
            names = list(header.names)
        else:
            names = list(
                dict.fromkeys(n for b in aside.batches("delivered") for r in b.column(0) for n, _ in r.as_py())
            )
        for name in names:
            titles.setdefault(name.casefold(), header.of(name))
    return titles


def _found(refused: Refused, aside: Aside, delivery: Delivery | None, numbers: Numbers) -> _Found:
    """Look a delivery's rows up in its file, if that is still there as it was."""
    if delivery is None or delivery.fault:
        return _Found(None, f"{GONE}: {delivery.fault}" if delivery else GONE)
    if not (encoding := refused.encodings.get(aside.sha256)):
        return _Found(None, UNKNOWN)
    if encoding in ("workbook", "json"):
        return _Found(None, "" if delivery.identified({}).sha256 == aside.sha256 else CHANGED)
    try:
        head = read_head(delivery.path, refused.dataset.source.format)
        places = locate(delivery.path, encoding, head.delimiter, numbers)
    except OSError as cause:
        return _Found(None, f"{GONE}: {cause.strerror or cause}")
    except DeliveryRefused:
        return _Found(None, CHANGED)
    return _Found(places, "", head.delimiter) if places.sha256 == aside.sha256 else _Found(None, CHANGED)


def _rows(aside: Aside, numbers: Numbers) -> Iterator[dict[str, Any]]:
    """Give rows in order; memory holds a slice of them, and each slice reads the delivery's parts once."""
    for begin in range(0, len(numbers), SLICE):
        wanted = numbers[begin : begin + SLICE].tolist()
        held = pa.Table.from_batches(aside.picked(wanted, "reasons", "delivered", "overflow"))
        table = held.sort_by("row_number")
        for batch in table.to_batches(max_chunksize=1_000):
            yield from batch.to_pylist()


def _said(refused: Refused, aside: Aside, reasons: tuple[str, ...], wide: frozenset[str]) -> tuple[str, str, str]:
    """Give the columns that some reasons speak of, the reasons, and the same in Chinese, each on a line.

    Args:
        refused: the rows of a data set.
        aside: the delivery.
        reasons: of a row.
        wide: the column that it is of, where wide columns became rows.
    """
    header = refused.header(aside)
    cells = dict.fromkeys(cell for reason in reasons for cell in refused.cells(aside, reason))
    of_long = header.spoken_of(cells.keys() & header.long, wide)
    spoken = dict.fromkeys(header.of(cell) for cell in (*(cell for cell in cells if cell not in header.long), *of_long))
    words = header.words()
    return "\n".join(spoken), "\n".join(reasons), "\n".join(in_chinese(reason, words) for reason in reasons)


def _told(
    refused: Refused, aside: Aside, found: _Found, say: Say, row: Mapping[str, Any], titles: Mapping[str, str]
) -> list[str]:
    """Lay out one row of the pack."""
    number = row["row_number"]
    place = found.places.of(number) if found.places else None
    delivered = {name.casefold(): cell for name, cell in row["delivered"]}
    wide = refused.header(aside).wide.intersection(delivered)
    is_text = refused.encodings.get(aside.sha256) not in ("workbook", "json")
    return [
        aside.file,
        str(number) if is_text else "",
        " ".join(refused.place(aside, number)),
        *(map(str, place) if place else ("", "")),
        (UNPACKED if found.places.is_packed else PLAIN) if place and found.places else "",
        aside.sha256,
        *say(tuple(row["reasons"]), wide if len(wide) == 1 else frozenset()),
        found.remark,
        *(delivered.get(name, "") for name in titles),
    ]
