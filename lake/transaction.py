"""Delta's own transactions, for data files that were not written by Spark.

Which rows are to be written in which way is said by `How`; what gives rows that go such a way is a `Rows`. The calls
are those that `WriteIntoDelta` makes.
"""

from __future__ import annotations

import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deltalake import DeltaTable

from lakeward.lake import operation
from lakeward.lake.errors import LakewardError
from lakeward.lake.overtaken import Overtaken, overtaking_told
from lakeward.lake.tuned import tuned

if TYPE_CHECKING:
    from pyspark.sql import SparkSession
    from pyspark.sql.types import StructType

INDEXED_COLUMNS = "delta.dataSkippingNumIndexedCols"
NO_LISTING = {"spark.databricks.delta.allFilesInCrc.enabled": "false"}
"""It is a job, to list the files of a table that has none yet."""
Field = dict[str, Any]
_TALLY: ContextVar[list[int] | None] = ContextVar("bytes of data files that Spark did not write", default=None)


@contextmanager
def tallied() -> Iterator[list[int]]:
    """Note how many bytes each data file has that is committed in the block, by this thread and not by Spark."""
    tally = list[int]()
    token = _TALLY.set(tally)
    try:
        yield tally
    finally:
        _TALLY.reset(token)


@dataclass(frozen=True, slots=True)
class How:
    """How a table is written.

    Args:
        mode: Spark's save mode, `append` or `overwrite`.
        options: Delta's writer options, and properties of a table that is new. What `replaceWhere` speaks of must be
            partition columns.
        partition_by: partition columns, for a table that is made by this commit.
        note: what the commit is made from, as the log is to have it.
        staged: called when all files are written and nothing is committed.
    """

    mode: str
    options: Mapping[str, str]
    partition_by: tuple[str, ...]
    note: str
    staged: Callable[[], None]

    @property
    def replaces_columns(self) -> bool:
        """Say whether the table is to have the columns that come, and no others."""
        return self.mode == "overwrite" and "overwriteSchema" in self.options

    @property
    def properties(self) -> dict[str, str]:
        """Give the properties of a table that is new."""
        return {name: value for name, value in self.options.items() if name.startswith("delta.")}


@dataclass(frozen=True, slots=True)
class Replaced:
    """Data files whose place those that are written take.

    Args:
        version: the version of the table by which they were chosen; no other may have come since.
        files: their names.
        told: which rows that changes, in words, for the log.
        stay: the names of other files whose rows were looked at, and stay.
    """

    version: int
    files: Collection[str]
    told: str
    stay: Collection[str] = ()

    def removed(self, transaction: Any, path: Path) -> list[Any]:
        """Give the actions that remove them; that all of the table was looked at, Delta's transaction notes.

        Raises:
            Overtaken: another writer changed the table since they were chosen.
            LakewardError: one of them, or of those that stay, holds rows that a deletion vector takes out.
            ValueError: the table has such files elsewhere than in its folder.
        """
        from urllib.parse import unquote

        if transaction.readVersion() != self.version:
            raise Overtaken(
                f"another writer changed {path} at the same time", remedy="wait for it to end, then run again"
            )
        held = transaction.filterFiles()
        files = {unquote(file.path()): file for file in (held.apply(at) for at in range(held.size()))}
        if lost := {*self.files, *self.stay} - files.keys():
            raise ValueError(f"{path} does not name {min(lost)}")
        gone = [files[name] for name in self.files]
        looked_at = [*gone, *(files[name] for name in self.stay)]
        if any(file.deletionVector() is not None for file in looked_at):  # who reads files alone brings such rows back
            raise LakewardError(
                f"rows of {path} were deleted and still lie in its files, which are to be written anew",
                remedy=f"have Spark write them without these rows: REORG TABLE delta.`{path}` APPLY (PURGE)",
            )
        return [file.remove() for file in gone]


class Rows(ABC):
    """Rows that are written without Spark's writers."""

    @abstractmethod
    def put_into(self, path: Path, how: How) -> None:
        """Write them to a table as one atomic commit, once.

        Raises:
            ValueError: the table cannot take such columns or such values.
        """


def log_of(spark: SparkSession, path: Path) -> Any:
    """Give a table's log as Delta has it, and let this thread ask Delta for more: it wants a session of each."""
    jvm: Any = spark._jvm
    jvm.org.apache.spark.sql.classic.SparkSession.setActiveSession(spark._jsparkSession)
    return jvm.org.apache.spark.sql.delta.DeltaLog.forTable(spark._jsparkSession, str(path))


@contextmanager
def begun(spark: SparkSession, path: Path, how: How) -> Iterator[Transaction]:
    """Begin a transaction; what is not committed in the block is as if it had not begun.

    What fails before is undone by its `undo`. When a commit fails for anything but another writer, nobody can tell
    whether the log names its files; `maintain` removes what none names.
    """
    with tuned(spark, NO_LISTING):
        transaction = Transaction(spark, path, how)
        try:
            yield transaction
        except BaseException:
            if transaction.undo and not transaction.may_be_made:
                transaction.undo()
            raise


class Transaction:
    """One of Delta's transactions, open until it is committed; `begun` gives it.

    `undo` is called when it fails before it may be made, as far as it is known: `may_be_made`.
    """

    def __init__(self, spark: SparkSession, path: Path, how: How) -> None:
        jvm: Any = spark._jvm
        session = spark._jsparkSession
        self._api, self._jvm, self._session, self._how = jvm.org.apache.spark.sql.delta, jvm, session, how
        self._path, self._changes = path, ""
        self._removed: list[Any] = []
        self.undo: Callable[[], None] | None = None
        self.may_be_made = False
        none = jvm.scala.Option.empty()
        self._open = log_of(spark, path).startTransaction(none, none)
        self.version = int(self._open.readVersion())
        self.is_new = self.version < 0
        self._known = json.loads(self._open.metadata().json())["metaData"]
        self._known["configuration"] |= how.properties if self.is_new else {}
        self.indexed = int(self._known["configuration"].get(INDEXED_COLUMNS, 32))
        self.partitions = how.partition_by

    def was_made(self) -> bool:
        """Say whether the table holds this very write already, or a later one.

        It is read from the log without the JVM, which would make a query of it. Delta therefore does not know that it
        was asked: that no other run makes the same write at the same time, the lake's lease is to see to.
        """
        app = self._how.options.get("txnAppId")
        if app is None or self.is_new:
            return False
        done = DeltaTable(str(self._path), version=self.version).transaction_version(app)
        return done is not None and done >= int(self._how.options["txnVersion"])

    def fit(self, schema: StructType) -> StructType:
        """Give the table these columns where it is new, is to have them alone, or lacks some of them.

        Returns:
            The columns that come, as the table has them.
        """
        from pyspark.sql.types import StructType

        how, known = self._how, self._known
        come = fields = _nullable(json.loads(schema.json()))["fields"]
        held = [] if self.is_new else json.loads(known["schemaString"])["fields"]
        if not (self.is_new or how.replaces_columns):
            come = _as_held(held, come, may_add="mergeSchema" in how.options)
            names = {field["name"] for field in held}
            fields = [*held, *(field for field in come if field["name"] not in names)]
            self.partitions = tuple(known["partitionColumns"])
        if self.is_new or (fields, [*self.partitions]) != (held, known["partitionColumns"]):
            self._change(fields)
        return StructType.fromJson({"fields": come})

    def fit_whole(self, schema: StructType) -> StructType:
        """Do the same where each column of the table must come: whole rows are written in the place of others.

        Raises:
            ValueError: one does not.
        """
        come = self.fit(schema)
        names = [field["name"] for field in json.loads(self._known["schemaString"])["fields"]]
        if {*names} != {*come.names}:
            raise ValueError(f"the table has {', '.join(names)}; {', '.join(come.names)} come")
        return come

    def _change(self, fields: Sequence[Field]) -> None:
        schema = json.dumps({"type": "struct", "fields": fields})
        metadata = self._action(
            "metaData", {**self._known, "schemaString": schema, "partitionColumns": self.partitions}
        )
        if self.is_new:
            self._open.updateMetadataForNewTable(metadata)
        elif self._how.replaces_columns:
            self._open.updateMetadataForTableOverwrite(metadata)
        else:
            self._open.updateMetadata(metadata, False)

    def take_the_place_of(self, replaced: Replaced) -> None:
        """Have the commit, which then is made also if nothing changes, remove files; what hinders it is told now.

        Raises:
            Overtaken: another writer changed the table since they were chosen.
            LakewardError: such a file holds rows that a deletion vector takes out.
        """
        self._removed = replaced.removed(self._open, self._path)
        self._changes = replaced.told

    def commit(self, files: Sequence[Mapping[str, Any]], feed: Sequence[Field] = ()) -> None:
        """Add files, and remove those whose place they take.

        Args:
            files: what the log is to say of each.
            feed: what the log is to say of each file of the change data feed.

        Raises:
            Overtaken: another writer changed the table meanwhile; nothing was committed.
        """
        options = self._how.options
        where, once = options.get("replaceWhere"), options.get("txnAppId")
        actions = [self._action("add", file) for file in files] + [self._action("cdc", file) for file in feed]
        actions += self._removed
        mode, told = ("overwrite", self._changes) if self._changes else (self._how.mode, where)
        if self._how.mode == "overwrite" and not self.is_new:
            gone = self._replaced(where)
            actions += [gone.apply(at).remove() for at in range(gone.size())]
        if once:
            made = {"appId": once, "version": int(options["txnVersion"]), "lastUpdated": int(time.time() * 1000)}
            actions.append(self._action("txn", made))
        replaces = self._jvm.scala.Option.apply(told)  # of None it makes the empty one
        done = operation.write(self._jvm, mode, self._how.partition_by, replaces, self._how.note, options)
        # What was held against the table stands for it from now on: its note is needed also where no row differs.
        call = self._open.commit if self._changes else self._open.commitIfNeeded
        self._how.staged()
        self.may_be_made = True
        try:
            with overtaking_told(self._path):
                call(self._seq(actions), done, self._jvm.PythonUtils.toScalaMap({}))
        except Overtaken:
            self.may_be_made = False
            raise
        if (tally := _TALLY.get()) is not None:
            tally.extend(file["size"] for file in (*files, *feed))

    def _replaced(self, where: str | None) -> Any:
        if where is None:
            return self._open.filterFiles()
        parsed = self._session.sessionState().sqlParser().parseExpression(where)
        return self._open.filterFiles(self._seq([parsed]), True)

    def _seq(self, those: Sequence[Any]) -> Any:
        return self._jvm.PythonUtils.toSeq(list(those))

    def _action(self, kind: str, content: Mapping[str, Any]) -> Any:
        return self._api.actions.Action.fromJson(json.dumps({kind: dict(content)}, ensure_ascii=False))


def _nullable(kind: Any) -> Any:
    """Let every value of a type lack, as Delta's own writer does."""
    if isinstance(kind, list):
        return [_nullable(each) for each in kind]
    if not isinstance(kind, dict):
        return kind
    may_lack = {name: True for name in ("nullable", "containsNull", "valueContainsNull") if name in kind}
    return {name: value if name == "metadata" else _nullable(value) for name, value in kind.items()} | may_lack


def _as_held(held: Sequence[Field], come: Sequence[Field], *, may_add: bool) -> list[Field]:
    """Spell the columns that come as the table spells them.

    Raises:
        ValueError: one has another type there, or is not there and may not be added.
    """
    known = {field["name"].casefold(): field for field in held}
    for field in come:
        was = known.get(field["name"].casefold())
        if was and was["type"] != field["type"]:
            raise ValueError(f"{field['name']} is {was['type']} in the table and {field['type']} in what comes")
        if not was and not may_add:
            raise ValueError(f"the table has no column {field['name']}")
    return [field | {"name": known.get(field["name"].casefold(), field)["name"]} for field in come]
