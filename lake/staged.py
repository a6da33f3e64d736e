"""Write, audit, publish: data files written inside an open Delta transaction, which is committed later or not at all.

Spark's writer commits what it wrote at once, so whoever wants to judge rows first must compute them twice or keep them
in memory. Here Delta's own write command fills the table's folder and hands over what its commit would say; until that
is committed no reader sees anything of it. The calls are those that `WriteIntoDelta.run` makes, in its order.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakeward.lake import delta, operation
from lakeward.lake.crash import crash_point
from lakeward.lake.datafiles import frame_of
from lakeward.lake.disk import room_checked
from lakeward.lake.store import store_of
from lakeward.lake.transaction import Replaced, log_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

INDEXED = 32
"""So many columns, from the first on, are counted by Delta as it writes, for its index."""


@dataclass(slots=True)
class Staged:
    """A commit whose data files are written.

    Args:
        path: the table's folder.
        files: the data files that the commit will add, by name.
        missing: how many rows lack a value, by column, where Delta counted.
        statistics: what Delta noted of each file, fractions as `Decimal`.
        step: the arrow it belongs to, for the crash points.
        about: the table's name.
    """

    path: Path
    files: tuple[str, ...]
    missing: Mapping[str, int]
    statistics: Sequence[Mapping[str, Any]]
    step: str
    about: str
    _source: DataFrame
    _publish: Callable[[str], None]
    _is_open: bool = True

    def frame(self) -> DataFrame:
        """Read back what was written."""
        files = [self.path / name for name in self.files]
        return frame_of(self._source.sparkSession, files, self._source.schema)

    def commit(self, note: Mapping[str, object]) -> int:
        """Publish the files as one atomic commit that survives a power cut; give the version it became."""
        self._is_open = False  # also when it fails: nobody can tell then whether the log names the files
        return delta.durably(lambda: self._publish(delta.written(note)), self.path, step=self.step, about=self.about)


@contextmanager
def staged(
    frame: DataFrame,
    path: Path,
    *,
    step: str,
    about: str,
    mode: str,
    options: Mapping[str, str] | None = None,
    instead_of: Replaced | None = None,
) -> Iterator[Staged]:
    """Write a frame's files for an unpartitioned table; what is not committed in the block is removed at its end.

    Args:
        frame: what to write.
        path: the table's folder.
        step: the arrow it belongs to, for the crash points.
        about: the table's name.
        mode: Spark's save mode, `overwrite` or `append`.
        options: Delta's writer options, and properties of a table that is new.
        instead_of: files to remove by the same commit, where rows are appended.

    Raises:
        Overtaken: another writer changed the table since files to remove were chosen.
        LakewardError: such a file holds rows that a deletion vector takes out.
    """
    is_shared = store_of(path).is_shared
    before, is_new, written = _data_in(path), not (path / "_delta_log").exists(), None
    try:
        with room_checked(path):
            written = _written(frame, path, step, about, mode.capitalize(), dict(options or {}), instead_of)
        crash_point(f"{step}.staged", about)
        yield written
    finally:
        if written is None or written._is_open:
            ours = {path / name for name in written.files} if written else set[Path]()
            for file in ours if is_shared else _data_in(path) - before:  # what is new there may be another run's
                file.unlink(missing_ok=True)
            if is_new and not is_shared:
                _remove_folders(path)


def _data_in(path: Path) -> set[Path]:
    return {file for file in path.iterdir() if file.is_file()} if path.is_dir() else set()


def _remove_folders(path: Path) -> None:
    with suppress(OSError):  # not there, or not empty
        for folder in (path / "_delta_log" / "_staged_commits", path / "_delta_log", path):
            folder.rmdir()


def _written(
    frame: DataFrame, path: Path, step: str, about: str, mode: str, told: dict[str, str], instead_of: Replaced | None
) -> Staged:
    session = frame.sparkSession._jsparkSession
    jvm: Any = frame.sparkSession._jvm
    log = log_of(frame.sparkSession, path)
    api, none = jvm.org.apache.spark.sql.delta, jvm.scala.Option.empty()
    properties = {name: value for name, value in told.items() if name.startswith("delta.")}
    no_columns, of_new_table = jvm.PythonUtils.toSeq([]), jvm.PythonUtils.toScalaMap(properties)
    save_mode = getattr(jvm.org.apache.spark.sql.SaveMode, mode)
    options = api.DeltaOptions(jvm.PythonUtils.toScalaMap(told), session.sessionState().conf())
    write = api.commands.WriteIntoDelta(
        log, save_mode, options, no_columns, of_new_table, frame._jdf, none, none, False
    )  # fmt: skip
    transaction = log.startTransaction(none, none)
    removed = instead_of.removed(transaction, path) if instead_of else []
    data = write.writeAndReturnCommitData(transaction, session, none, False)

    def publish(note: str) -> None:
        may = {"overwriteSchema": options.canOverwriteSchema(), "mergeSchema": options.canMergeSchema()}
        where = jvm.scala.Option.apply(instead_of.told) if instead_of else options.replaceWhere()
        said = "Overwrite" if instead_of else mode
        done = operation.write(jvm, said, (), where, note, [name for name, can in may.items() if can])
        actions = data.actions()
        if removed:
            actions = jvm.PythonUtils.toSeq([*(actions.apply(at) for at in range(actions.size())), *removed])
        transaction.commitIfNeeded(actions, done, data.stringTags())

    added = dict(_added(data.actions()))
    statistics = tuple(added.values())
    return Staged(path, tuple(added), _missing(statistics), statistics, step, about, frame, publish)


def _added(actions: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name the data files among a commit's actions, each with Delta's statistics of it."""
    for action in (actions.apply(at) for at in range(actions.size())):
        if action.getClass().getSimpleName() == "AddFile":
            yield delta.unquoted(action.path()), json.loads(action.stats() or "{}", parse_float=Decimal)


def _missing(files: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Add up the rows without a value, for each column that was counted in all files."""
    nulls = [each.get("nullCount", {}) for each in files]
    columns = [name for name in (nulls[0] if nulls else ()) if all(isinstance(each.get(name), int) for each in nulls)]
    return {name: sum(each[name] for each in nulls) for name in columns}
