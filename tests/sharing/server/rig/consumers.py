"""Every gold table as consumers' tools read it, from releases and from a sharing server, beside what the lake holds."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable
from shared_world import running

from lakeward.jobs import share as sharing
from lakeward.lake import release
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.sharing.server import recipients

ROOT = Path(__file__).resolve().parents[4]
CLIENT = ROOT / ".venv-client" / "bin" / "python"
SCRIPT = Path(__file__).with_name("all_tables.py")


def _by_pandas(places: Sequence[str]) -> pa.Table:
    import pandas as pd

    return pa.Table.from_pandas(pd.concat(map(pd.read_parquet, places)), preserve_index=False)


def _by_polars(places: Sequence[str]) -> pa.Table:
    import polars as pl

    return pl.read_parquet(list(places)).to_arrow()


def _by_duckdb(places: Sequence[str]) -> pa.Table:
    import duckdb
    from fsspec.implementations.http import HTTPFileSystem

    class Web(HTTPFileSystem):
        """What DuckDB asks web servers by; httpfs of its own would have to be downloaded."""

        def modified(self, path: str) -> datetime:
            """Say when a file changed: files of a table never do."""
            del path
            return datetime(2026, 1, 1, tzinfo=UTC)

    with duckdb.connect() as database:
        database.register_filesystem(Web())  # type: ignore[no-untyped-call]
        rows: pa.Table = database.read_parquet(list(places)).to_arrow_table()
        return rows


TOOLS: dict[str, Callable[[Sequence[str]], pa.Table]] = {
    "pandas": _by_pandas, "polars": _by_polars, "DuckDB": _by_duckdb,
}  # fmt: skip


@dataclass(frozen=True)
class Shared:
    """A sharing server over a lake.

    Args:
        lake: the lake.
        profile: of a recipient who may read all of it.
        http: asks the server as that recipient.
        endpoint: where it is.
    """

    lake: Lake
    profile: Path
    http: httpx2.Client
    endpoint: str

    def addresses(self, share: str, table: str) -> list[str]:
        """Ask for the files of a table."""
        answer = self.http.post(f"{self.endpoint}/shares/{share}/schemas/gold/tables/{table}/query", json={})
        return [json.loads(line)["file"]["url"] for line in answer.text.splitlines()[2:]]


@contextmanager
def shared(lake: Lake, tables: dict[str, Table], folder: Path) -> Iterator[Shared]:
    """Serve a lake's shares as `lakeward share serve` does."""
    token, kept = recipients.new_token(1)
    recipients.keep(lake, recipients.made("everyone", ["*"], kept))
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        endpoint = f"http://127.0.0.1:{port}/delta-sharing"
        profile = folder / "everyone.share"
        profile.write_text(json.dumps({"shareCredentialsVersion": 1, "endpoint": endpoint, "bearerToken": token}))
        server = sharing.server(lake, tables, sharing.Listening(endpoint, "127.0.0.1", port), None, "100000/minute")
        headers = {"Authorization": f"Bearer {token}"}
        with running(server, listening), httpx2.Client(headers=headers, timeout=60, trust_env=False) as http:
            yield Shared(lake, profile, http, endpoint)


def different(of: Shared, tables: Mapping[str, Table], folder: Path) -> Iterator[str]:
    """Name each way by which the rows of a table are not those of the lake."""
    if CLIENT.exists():
        subprocess.run([CLIENT, SCRIPT, of.profile, folder], check=True, capture_output=True, timeout=300)
    for name, table in tables.items():
        wanted = DeltaTable(str(of.lake.table(table.table))).to_pyarrow_table()
        manifest, short = release.newest(of.lake, table.table), table.table.removeprefix("gold.")
        assert manifest and table.publish
        files = [
            str(of.lake.releases(table.table) / manifest["release"] / each) for each in release.parquet_of(manifest)
        ]
        addresses = of.addresses(table.publish.share, short)
        found = {f"{tool} from {where}": (tool, places) for tool in TOOLS
                 for where, places in (("the release", files), ("the server", addresses))}  # fmt: skip
        for way, (tool, places) in found.items():
            if told(TOOLS[tool](places), wanted.schema) != told(wanted, wanted.schema):
                yield f"{name} by {way}"
        for form in ("parquet", "delta") if CLIENT.exists() else ():
            if told(pq.read_table(folder / form / f"{short}.parquet"), wanted.schema) != told(wanted, wanted.schema):
                yield f"{name} by the official client, {form}"


def told(rows: pa.Table, schema: pa.Schema) -> pa.Table:
    """Give rows in one form: the columns of a schema, lists as JSON, sorted."""
    columns: dict[str, Any] = {}
    for field in schema:
        column = rows[field.name]
        if pa.types.is_nested(field.type):
            columns[field.name] = [None if each is None else json.dumps(list(each)) for each in column.to_pylist()]
        else:
            columns[field.name] = column.cast(field.type)
    made = pa.table(columns)
    return made.sort_by([(name, "ascending") for name in made.column_names]).combine_chunks()
