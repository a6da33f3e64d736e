"""Handfuls: rows that fit into memory many times over, written by Arrow and committed by Delta.

A write by Spark is several jobs, however few the rows. Here Arrow writes the files, and Delta commits them as it does
anything. The calls are those that `WriteIntoDelta` makes.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from lakeward.lake import delta, hadoop_crc, in_memory, operation
from lakeward.lake.file_ends import statistics

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import StructType

INDEXED_COLUMNS = "delta.dataSkippingNumIndexedCols"
FILES_IN_CHECKSUM = "spark.databricks.delta.allFilesInCrc.enabled"
PLAIN = re.compile(r"[\w.-]+", re.ASCII)
Field = dict[str, Any]
_TALLY: ContextVar[list[int] | None] = ContextVar("bytes of written handfuls", default=None)


@contextmanager
def tallied() -> Iterator[list[int]]:
    """Note how many bytes each data file has that is written in the block, by this thread."""
    tally = list[int]()
    token = _TALLY.set(tally)
    try:
        yield tally
    finally:
        _TALLY.reset(token)


def commit(
    frame: DataFrame,
    path: Path,
    *,
    step: str,
    about: str,
    note: Mapping[str, object],
    options: Mapping[str, str] | None = None,
    partition_by: Sequence[str] = (),
    mode: str = "append",
) -> int:
    """Do what `delta.commit` does, for few rows in a local folder.

    What `replaceWhere` speaks of must be partition columns, and these hold letters and digits.

    Raises:
        Overtaken: another writer changed the table meanwhile.
        ValueError: the table cannot take such columns or such values.
    """
    how = _How(mode, dict(options or {}), tuple(partition_by))

    def write() -> None:
        transaction = _Transaction(frame.sparkSession, path, how)
        if transaction.was_made():
            return
        columns = transaction.fit(frame.schema)
        rows = frame.toArrow().rename_columns(columns.names).cast(in_memory.arrow(columns))
        # When a commit fails, nobody can tell whether the log names the files; `maintain` removes what none names.
        files = _written(rows, path, transaction.partitions, transaction.indexed)
        transaction.commit(files, delta.written(note))

    return delta.durably(write, path, step=step, about=about)


def _written(rows: pa.Table, path: Path, partitions: Sequence[str], indexed: int) -> list[dict[str, Any]]:
    """Write a file for each partition, all or none; give what a log says of each.

    Raises:
        ValueError: a partition's value is no plain word.
    """
    values = rows.select(partitions).group_by(list(partitions)).aggregate([]).to_pylist() if partitions else [{}]
    if odd := [value for each in values for value in each.values() if not PLAIN.fullmatch(value or "")]:
        raise ValueError(f"{odd[0]!r} cannot name a partition")
    added: dict[Path, dict[str, Any]] = {}
    try:
        for partition in sorted(values, key=lambda each: [*each.values()]) if rows.num_rows else []:
            part = rows
            for name, value in partition.items():
                part = part.filter(pc.equal(part.column(name), value))
            folder = path.joinpath(*(f"{name}={value}" for name, value in partition.items()))
            file = folder / f"part-00000-{uuid4()}.c000.zstd.parquet"
            added[file] = {"path": str(file.relative_to(path)), "partitionValues": partition}
            added[file] |= _file(part.drop_columns(list(partition)), file, indexed)
    except BaseException:
        for file in added:
            for each in (file, hadoop_crc.beside(file)):
                each.unlink(missing_ok=True)
        raise
    return [*added.values()]


def _file(rows: pa.Table, file: Path, indexed: int) -> dict[str, Any]:
    """Write a data file with its checksums; give what a log says of it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows, file, compression="zstd", write_page_checksum=True, store_schema=False)
    hadoop_crc.write(file)
    size = file.stat().st_size
    if (tally := _TALLY.get()) is not None:
        tally.append(size)
    noted = {"dataChange": True, "stats": statistics(rows, indexed)}
    return {"size": size, "modificationTime": int(time.time() * 1000), **noted}


@dataclass(frozen=True, slots=True)
class _How:
    """How a table is written: Spark's save mode, Delta's options, and the partition columns that were asked for."""

    mode: str
    options: Mapping[str, str]
    partition_by: tuple[str, ...]

    @property
    def replaces_columns(self) -> bool:
        """Say whether the table is to have the columns that come, and no others."""
        return self.mode == "overwrite" and "overwriteSchema" in self.options

    @property
    def properties(self) -> dict[str, str]:
        """Give the properties of a table that is new."""
        return {name: value for name, value in self.options.items() if name.startswith("delta.")}


class _Transaction:
    """One of Delta's transactions, open until it is committed."""

    def __init__(self, spark: SparkSession, path: Path, how: _How) -> None:
        jvm: Any = spark._jvm
        session = spark._jsparkSession
        jvm.org.apache.spark.sql.classic.SparkSession.setActiveSession(session)  # Delta asks this thread for one
        session.conf().set(FILES_IN_CHECKSUM, "false")  # a job, to list the files of a table that has none yet
        self._api, self._jvm, self._session, self._how = jvm.org.apache.spark.sql.delta, jvm, session, how
        none = jvm.scala.Option.empty()
        self._open = self._api.DeltaLog.forTable(session, str(path)).startTransaction(none, none)
        self.is_new = self._open.readVersion() < 0
        self._known = json.loads(self._open.metadata().json())["metaData"]
        self._known["configuration"] |= how.properties if self.is_new else {}
        self.indexed = int(self._known["configuration"].get(INDEXED_COLUMNS, 32))
        self.partitions = how.partition_by

    def was_made(self) -> bool:
        """Say whether the table holds this very write already."""
        app = self._how.options.get("txnAppId")
        return app is not None and self._open.txnVersion(app) >= int(self._how.options["txnVersion"])

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

    def commit(self, files: Sequence[Mapping[str, Any]], note: str) -> None:
        """Add files, and remove those whose place they take."""
        options = self._how.options
        where, once = options.get("replaceWhere"), options.get("txnAppId")
        actions = [self._action("add", file) for file in files]
        if self._how.mode == "overwrite" and not self.is_new:
            gone = self._replaced(where)
            actions += [gone.apply(at).remove() for at in range(gone.size())]
        if once:
            told = {"appId": once, "version": int(options["txnVersion"]), "lastUpdated": int(time.time() * 1000)}
            actions.append(self._action("txn", told))
        replaces = self._jvm.scala.Option.apply(where)  # of None it makes the empty one
        done = operation.write(self._jvm, self._how.mode, self._how.partition_by, replaces, note, options)
        self._open.commitIfNeeded(self._seq(actions), done, self._jvm.PythonUtils.toScalaMap({}))

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
