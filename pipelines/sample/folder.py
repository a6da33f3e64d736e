"""Writes a made landing folder: every file named as made, and a note that says what is in them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pyarrow as pa
from rstr import Rstr

from lakeward.lake.errors import UsageError
from lakeward.pipelines.dataset import Append, Dataset, ReplacePeriod, Upsert
from lakeward.pipelines.formats import Grid
from lakeward.pipelines.sample.cells import Cells
from lakeward.pipelines.sample.files import ENOUGH_ROWS, MadeFile, files_of
from lakeward.pipelines.sample.rows import Space
from lakeward.pipelines.sample.values import Maker, Values
from lakeward.pipelines.sample.world import World
from lakeward.pipelines.sample.writers import Content, write_file

FEWEST_ROWS = 100
FAULTS = 2  # rows of a file that quarantine must catch, beside one that repeats a key
NOTE = "MADE.md"
LISTED = re.compile(r"^- `([^`]*made[^`]*)`", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Made:
    """One made file.

    Args:
        file: its name, relative to the landing root.
        dataset: the data set it is of.
        rows: rows below its header, without footers.
        bad: how many of them have a cell that cannot be taken; wide rows count once for each wide column.
        repeated: how many repeat the key of an earlier row, counted likewise.
        footers: remarks below the rows.
        is_copy: another file has the same bytes.
    """

    file: str
    dataset: str
    rows: int
    bad: int
    repeated: int
    footers: int
    is_copy: bool


def write(folder: Path, datasets: Sequence[Dataset], *, rows: int = 2_000, seed: int = 2026) -> list[Made]:
    """Write made files of some data sets to a landing folder, with a note `MADE.md` that lists them.

    Args:
        folder: a new or empty folder, or one that holds nothing but an earlier sample, which is replaced.
        datasets: what to make.
        rows: about how many rows to make of each; those whose key has no room for so many get fewer.
        seed: the same seed, rows and declarations give the same bytes.

    Returns:
        The files.

    Raises:
        UsageError: too few rows, or the folder holds files that no sample wrote, or cannot be written.
    """
    if rows < FEWEST_ROWS:
        raise UsageError(f"{rows} rows are too few for a sample", remedy=f"ask for {FEWEST_ROWS} rows or more")
    world = World(seed, rows)
    plans = [
        _Draft(world, dataset, file)
        for dataset in sorted(datasets, key=lambda each: each.name)
        for file in files_of(dataset, world)
    ]
    made = [draft.made for draft in plans]
    try:
        for earlier in _earlier(folder):
            earlier.unlink()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NOTE).write_text(_note(made, rows, seed), "utf-8")
        _write_all(folder, plans)
    except OSError as cause:
        raise UsageError(
            f"the sample cannot be written to {folder}: {cause.strerror or cause}",
            remedy="name a folder that you may write to, on a disk with room",
        ) from cause
    return made


def _write_all(folder: Path, drafts: Sequence[_Draft]) -> None:
    before = folder
    for draft in drafts:
        path = folder / draft.file.name
        path.parent.mkdir(parents=True, exist_ok=True)
        if draft.file.is_copy:
            shutil.copyfile(before, path)
        else:
            draft.write(path)
        before = path


@dataclass(frozen=True)
class _Draft:
    """One planned file, its faults among the rows."""

    world: World
    dataset: Dataset
    file: MadeFile

    @property
    def cells(self) -> Cells:
        return Cells(Values(self.world, self.dataset), self.file.layout, spells_tai=self.file.number % 2 == 1)

    @property
    def made(self) -> Made:
        bad, repeats, each = len(self._faults()), int(self._repeats()), len(self.cells.wide) or 1
        rows, footers = self.file.rows + repeats, len(self._footers())
        return Made(self.file.name, self.dataset.name, rows, bad * each, repeats * each, footers, self.file.is_copy)

    def write(self, path: Path) -> None:
        space = Space(self.world, self.dataset, self.file.layout, self.file.days, self.file.number)
        cells, form = self.cells, self.dataset.source.format
        trial = next(space.blocks(self.file.start, max(1, min(20, self.file.rows))))
        beside = cells.beside(trial)
        titles = [beside.pop("_title", "虛構資料 made by lakeward sample")] if self._has_title() else []
        blocks = self._blocks(space, cells.makers(trial))
        write_file(path, form, Content(cells.headers(), blocks, titles, self._footers(), beside, self.file.number))

    def _has_title(self) -> bool:
        form = self.dataset.source.format
        return isinstance(form, Grid) and bool(form.skip_rows or form.header or "_title" in form.beside)

    def _blocks(self, space: Space, makers: dict[str, Maker]) -> Iterator[pa.Table]:
        first, done = None, 0
        for rows in space.blocks(self.file.start, self.file.rows):
            block = pa.table({str(at): make(rows) for at, make in enumerate(makers.values())})
            first = block.slice(0, 1) if first is None else first
            yield self._spoilt(block, list(makers), done)
            done += len(rows)
        if self._repeats() and first is not None:
            yield first

    def _spoilt(self, block: pa.Table, headers: list[str], done: int) -> pa.Table:
        """Put the faults into the last rows of the file: things that others name stand in the first."""
        for number, (header, text) in enumerate(self._faults(), start=1):
            row = self.file.rows - 5 * number - done
            if 0 <= row < len(block):
                at = headers.index(header)
                column = block.column(at).to_pylist()
                block = block.set_column(at, str(at), pa.array([*column[:row], text, *column[row + 1 :]], pa.string()))
        return block

    def _faults(self) -> list[tuple[str, str]]:
        found = list(self.cells.faults()) if self.file.rows >= ENOUGH_ROWS else []
        by_text = {text: (header, text) for header, text in reversed(found)}
        return list(by_text.values())[:FAULTS]

    def _repeats(self) -> bool:
        adds_up = isinstance(self.dataset.combine, Append | ReplacePeriod | Upsert)
        return bool(self.dataset.key) and adds_up and self.file.rows >= ENOUGH_ROWS

    def _footers(self) -> list[str]:
        source = Rstr(Random(self.dataset.name))  # noqa: S311 - made data, no secret
        return [source.xeger(pattern) for pattern in self.dataset.source.format.footers] if self.file.rows else []


def _earlier(folder: Path) -> list[Path]:
    found = [path for path in folder.rglob("*") if not path.is_dir()] if folder.is_dir() else []
    note = folder / NOTE
    listed = set(LISTED.findall(note.read_text("utf-8"))) | {NOTE} if note.is_file() else set()
    foreign = [name for path in found if (name := str(path.relative_to(folder))) not in listed]
    if foreign or (folder.exists() and not folder.is_dir()):
        raise UsageError(
            f"{folder} holds files that are no sample; made rows must not mix with an agency's",
            remedy="name a new or empty folder",
            found=sorted(foreign)[:3],
        )
    return sorted(found, key=lambda path: path.name == NOTE)  # the note goes last: a cut run stays recognisable


def _note(made: Sequence[Made], rows: int, seed: int) -> str:
    lines = [
        "# Made data · 虛構資料\n",
        f"Every row in this folder is made up by `lakeward sample` (seed {seed}, rows {rows}); none of it happened,",
        "only the formats are the agencies'. Do not publish or cite it, or mix it with real files.\n",
        f"本資料夾每一列都是 `lakeward sample` 虛構的（種子 {seed}，列數 {rows}），並非真實的事故、氣象或人口；",
        "僅格式仿照各機關。請勿發布、引用，或與真實檔案混用。\n",
        *(
            f"- `{each.file}` {each.dataset}: {each.rows} rows, of them {each.bad} bad and {each.repeated} repeated; "
            f"{each.footers} footers" + ("; the same delivery as the file before" if each.is_copy else "")
            for each in made
        ),
    ]
    return "\n".join(lines) + "\n"
