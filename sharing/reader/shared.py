"""Tables behind a Delta Sharing server, read by the open protocol (its parquet format, version 1 of its profiles).

Not by the `delta-sharing` client: it wants older pyarrow than ours, so both cannot be in one environment.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from lakeward.lake.errors import UsageError
from lakeward.sharing.reader import duck
from lakeward.sharing.reader.profile import Profile
from lakeward.sharing.reader.readable import Asked, Readable, State

if TYPE_CHECKING:
    import pandas
    import pyarrow as pa


@dataclass(frozen=True, slots=True, repr=False)
class SharedTable(Readable):
    """One shared table.

    Args:
        profile: of the recipient.
        share: its share.
        of_schema: its schema.
        short: its name in the schema.
    """

    profile: Profile
    share: str
    of_schema: str
    short: str

    @property
    def name(self) -> str:  # type: ignore[override]
        """Give its name: `share.schema.table`."""
        return f"{self.share}.{self.of_schema}.{self.short}"

    def schema(self) -> pa.Schema:
        """Give the columns and their types."""
        return _schema(self.profile.lines(*self._path, "metadata"))

    def key(self) -> tuple[str, ...]:
        """A share does not tell keys."""
        return ()

    def source(self, state: State, asked: Asked) -> Any:
        """Fetch the rows; files that cannot hold what is asked for are left out by the server."""
        import pyarrow as pa

        if state.release:
            raise UsageError(f"{state.release} is a release", remedy="shares have versions: give a number, or as_of")
        where, columns, limit = asked.get("where"), asked.get("columns"), asked.get("limit")
        told: dict[str, Any] = {
            "predicateHints": [where] if where else None,
            "limitHint": limit if not where else None,
            "version": state.version,
            "timestamp": None if state.as_of is None else _instant(state.as_of),
        }
        body = {name: value for name, value in told.items() if value is not None}
        lines = self.profile.lines(*self._path, "query", body=body)
        schema = _schema(lines)
        if columns is not None and not where and set(columns) <= set(schema.names):
            schema = pa.schema([schema.field(name) for name in dict.fromkeys(columns)])
        parts = [self._part(line["file"], schema) for line in lines if "file" in line]
        return pa.concat_tables(parts) if parts else schema.empty_table()

    def _part(self, file: Mapping[str, Any], schema: pa.Schema) -> pa.Table:
        import pyarrow as pa
        import pyarrow.parquet as pq

        content = pq.ParquetFile(pa.BufferReader(self.profile.file(file["url"])))
        held = set(content.schema_arrow.names)
        rows = content.read(columns=[name for name in schema.names if name in held])
        constant = file.get("partitionValues") or {}

        def column(told: pa.Field[Any]) -> Any:
            if told.name in held:
                return rows.column(told.name).cast(told.type)
            value = pa.scalar(constant.get(told.name) or None, pa.string())
            return pa.repeat(value, content.metadata.num_rows).cast(told.type)

        arrays = [column(each) for each in schema]
        return pa.Table.from_arrays(arrays, schema=schema)

    @property
    def _path(self) -> tuple[str, ...]:
        return ("shares", self.share, "schemas", self.of_schema, "tables", self.short)

    def __repr__(self) -> str:
        columns = (f"  {each.name}  {each.type}  {_comment(each)}".rstrip() for each in self.schema())
        return "\n".join([f"{self.name}, shared from {self.profile.endpoint}", *columns])


@dataclass(frozen=True, slots=True, repr=False)
class OpenShares(Mapping[str, SharedTable]):
    """What a profile grants, a mapping of `share.schema.table` to tables; `schema.table` will do where it is clear.

    Args:
        profile: of the recipient.
    """

    profile: Profile

    def __getitem__(self, name: str) -> SharedTable:
        """Give a table.

        Raises:
            UsageError: nothing granted has this name, or several tables do.
        """
        known = list(self._all())
        found = [each for each in known if name in (each.name, f"{each.of_schema}.{each.short}")]
        if not found:
            raise duck.unknown("shared table", name, [each.name for each in known])
        if len(found) > 1:
            raise UsageError(f"{name} is in several shares", remedy=f"say {' or '.join(each.name for each in found)}")
        return found[0]

    def __iter__(self) -> Iterator[str]:
        return (each.name for each in self._all())

    def __len__(self) -> int:
        return len(list(self._all()))

    def tables(self) -> pandas.DataFrame:
        """List the tables."""
        import pandas

        told = [{"table": each.name, "share": each.share, "schema": each.of_schema} for each in self._all()]
        return pandas.DataFrame(told, columns=["table", "share", "schema"])

    def _all(self) -> Iterator[SharedTable]:
        for share in self.profile.listed("shares"):
            for table in self.profile.listed("shares", share["name"], "all-tables"):
                yield SharedTable(self.profile, table["share"], table["schema"], table["name"])

    def _ipython_key_completions_(self) -> list[str]:
        return list(self)

    def __repr__(self) -> str:
        return f"shares at {self.profile.endpoint}; .tables() lists their tables"


def _schema(lines: list[dict[str, Any]]) -> pa.Schema:
    import pyarrow as pa
    from deltalake import Schema

    told = next(line["metaData"] for line in lines if "metaData" in line)
    found: pa.Schema = pa.schema(Schema.from_json(told["schemaString"]).to_arrow())  # type: ignore[arg-type]
    return found


def _comment(field: pa.Field[Any]) -> str:
    return ((field.metadata or {}).get(b"comment") or b"").decode()


def _instant(when: date | datetime) -> str:
    if not isinstance(when, datetime):
        when = datetime.combine(when + timedelta(days=1), time()) - timedelta(milliseconds=1)
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC).isoformat(timespec="milliseconds")
