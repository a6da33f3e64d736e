"""A small lake with made tables of every kind that is shared, a server over it, and a client of its own."""

from __future__ import annotations

import json
import socket
import struct
import uuid
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pyarrow as pa
import pyarrow.parquet as pq
import uvicorn
from deltalake import DeltaTable, write_deltalake

from lakeward.lake.storage import Lake
from lakeward.sharing.server import recipients
from lakeward.sharing.server.app import Server
from lakeward.sharing.server.door import Door
from lakeward.sharing.server.issuer import Issuer
from lakeward.sharing.server.journal import Journal
from lakeward.sharing.server.lines import Z85
from lakeward.sharing.server.log import Log
from lakeward.sharing.server.pages import Seal
from lakeward.sharing.server.shares import Shared, Shares
from lakeward.sharing.server.standing import Standing
from lakeward.sharing.server.urls import OwnUrls, urls

KEY = b"k" * 32
SHARED = {  # the lake's table → its share
    "gold.crashes": "police", "gold.plain": "police", "gold.vectors": "police", "gold.mapped": "police",
    "gold.naive": "police", "gold.nothing": "police", "gold.towns": "maps", "gold.not_built": "maps",
}  # fmt: skip
FED = {"delta.enableChangeDataFeed": "true"}
COUNTIES = ("臺北市", "花蓮縣", None)
Line = dict[str, Any]


@dataclass(frozen=True)
class World:
    """A lake that is shared.

    Args:
        lake: the lake.
        server: over it.
        http: asks it, without a token.
        token: of `taipei`, who may read `police`.
    """

    lake: Lake
    server: Server
    http: httpx2.Client
    token: str

    @property
    def bearer(self) -> dict[str, str]:
        """The header that lets `taipei` in."""
        return {"Authorization": f"Bearer {self.token}"}

    def get(
        self, path: str, /, token: str | None = None, headers: Mapping[str, str] | None = None, **query: Any
    ) -> Any:
        """GET something below the prefix."""
        given = {"Authorization": f"Bearer {token}"} if token else self.bearer
        return self.http.get(f"/delta-sharing{path}", params=query, headers={**given, **(headers or {})})

    def of(self, table: str, what: str, /, headers: Mapping[str, str] | None = None, **query: Any) -> Any:
        """GET something of a table of `police`."""
        return self.get(f"/shares/police/schemas/gold/tables/{table}/{what}", headers=headers, **query)

    def query(self, table: str, /, headers: Mapping[str, str] | None = None, **body: Any) -> Any:
        """Query a table of `police`."""
        path = f"/delta-sharing/shares/police/schemas/gold/tables/{table}/query"
        return self.http.post(path, json=body, headers={**self.bearer, **(headers or {})})

    def times(self, table: str) -> dict[int, int]:
        """Give when each version of a table of `police` came."""
        found = self.server.shares.find("police", "gold", table)
        assert found
        return found.log.times()

    def rows(self, url: str) -> pa.Table:
        """Read what lies at an address."""
        answer = self.http.get(url)
        assert answer.status_code == 200, answer.text
        return pq.read_table(pa.BufferReader(answer.content))


def lines(answer: Any) -> list[Line]:
    """Give an answer's lines."""
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def files(answer: Any, kind: str = "file") -> list[Line]:
    """Give the files of an answer."""
    return [line[kind] for line in lines(answer) if kind in line]


@contextmanager
def world(root: Path, issuer: Issuer | None = None, rate: str = "100000/minute") -> Iterator[World]:
    """Make the lake and the server."""
    lake = Lake.at(str(root / "lake"))
    lake.make()
    for name, make in MADE.items():
        make(lake.table(f"gold.{name}"))
    token, kept = recipients.new_token(1)
    recipients.keep(lake, recipients.made("taipei", ["police"], kept))
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:  # so that asyncio knows it for what it is: no delays
        listening.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{listening.getsockname()[1]}"
        server = served(lake, f"{base}/delta-sharing", issuer, rate)
        with running(server, listening), httpx2.Client(base_url=base, timeout=30, trust_env=False) as http:
            yield World(lake, server, http, token)


@contextmanager
def running(server: Server, listening: socket.socket) -> Iterator[None]:
    """Serve in a thread; at the end of the block the server stops as it does for a signal."""
    config = uvicorn.Config(server.app(), log_level="critical", access_log=False, server_header=False)
    serving = uvicorn.Server(config)
    thread = Thread(target=serving.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield
    finally:
        serving.should_exit = True
        thread.join(30)


def served(lake: Lake, endpoint: str, issuer: Issuer | None = None, rate: str = "100000/minute") -> Server:
    """Put a server over a lake."""
    directory = recipients.Directory(lake, 0)
    tables = [Shared(share, "gold", name[5:], name, Log(lake.table(name))) for name, share in SHARED.items()]
    given = urls(lake, endpoint, KEY)
    assert isinstance(given, OwnUrls)
    return Server(
        Shares(tables), directory, Door(directory, issuer, rate), given, Seal(KEY), Journal(lake), Standing(lake),
        endpoint,
    )  # fmt: skip


def crash_rows(first: int, count: int) -> pa.Table:
    """Make rows: three counties in turn, one of them missing."""
    numbers = range(first, first + count)
    return pa.table({
        "county_name": pa.array([COUNTIES[n % 3] for n in numbers], pa.string()),
        "crash_on": pa.array([date(2024, 1, 1 + n % 28) for n in numbers], pa.date32()),
        "deaths": pa.array(numbers, pa.int64()),
        "rain_mm": pa.array([None if n % 4 == 0 else n / 2 for n in numbers], pa.float64()),
        "seen_at": pa.array([datetime(2024, 1, 1, n % 24, tzinfo=UTC) for n in numbers], pa.timestamp("us", "UTC")),
    })  # fmt: skip


def _crashes(path: Path) -> None:
    """Versions: 0 and 1 add rows, 2 deletes one by its change feed, 3 updates one, 4 overwrites all."""
    write_deltalake(str(path), crash_rows(0, 9), partition_by=["county_name"], configuration=FED)
    write_deltalake(str(path), crash_rows(9, 9), mode="append")
    DeltaTable(str(path)).delete("deaths = 4")
    DeltaTable(str(path)).update({"rain_mm": "1.5"}, predicate="deaths = 7")
    write_deltalake(str(path), crash_rows(0, 30), mode="overwrite")


def _plain(path: Path) -> None:
    """Write versions 0 to 2 without a change feed, and 3 and 4 with one."""
    for first in (0, 10, 20):
        write_deltalake(str(path), crash_rows(first, 10), mode="append")
    DeltaTable(str(path)).alter.set_table_properties(FED)
    write_deltalake(str(path), crash_rows(30, 10), mode="append")


def _nothing(path: Path) -> None:
    write_deltalake(str(path), crash_rows(0, 0))


def _towns(path: Path) -> None:
    write_deltalake(str(path), pa.table({"town_code": ["63000010"]}))


def _naive(path: Path) -> None:
    write_deltalake(str(path), pa.table({"at": pa.array([datetime(2024, 1, 1)], pa.timestamp("us"))}))


def _mapped(path: Path) -> None:
    """Write a table whose column is called otherwise in its file, by the log's own words."""
    told = {"delta.columnMapping.id": 1, "delta.columnMapping.physicalName": "col-1"}
    field = pa.field("col-1", pa.int64(), metadata={"PARQUET:field_id": "1"})
    _written(path, pa.table({"col-1": [1, 2, 3]}, pa.schema([field])), ["columnMapping"], "deaths", told)


def _vectors(path: Path) -> None:
    """Write a table of five rows, of which a deletion vector takes the second and the fourth."""
    _written(path, pa.table({"deaths": [0, 1, 2, 3, 4]}), ["deletionVectors"], "deaths", {}, gone=[1, 3])


def _written(
    path: Path, rows: pa.Table, features: list[str], name: str, told: Mapping[str, Any], gone: list[int] | None = None
) -> None:
    log, column = path / "_delta_log", rows.column_names[0]
    log.mkdir(parents=True)
    pq.write_table(rows, path / "part-1.parquet")
    properties = {"delta.columnMapping.mode": "name", "delta.columnMapping.maxColumnId": "1"} if told else {}
    schema = {"type": "struct", "fields": [{"name": name, "type": "long", "nullable": True, "metadata": dict(told)}]}
    values: list[Any] = rows[column].to_pylist()
    stats = {
        "numRecords": len(values),
        "minValues": {column: min(values)},
        "maxValues": {column: max(values)},
        "nullCount": {column: 0},
    }
    add = {
        "path": "part-1.parquet", "partitionValues": {}, "size": (path / "part-1.parquet").stat().st_size,
        "modificationTime": 1, "dataChange": True, "stats": json.dumps(stats),
    }  # fmt: skip
    if gone:
        add["deletionVector"] = _deletion_vector(path, gone)
    actions = (
        {"commitInfo": {"timestamp": 1_700_000_000_000, "operation": "WRITE"}},
        {"protocol": {"minReaderVersion": 3, "minWriterVersion": 7, "readerFeatures": features, "writerFeatures": features}},
        {"metaData": {
            "id": str(uuid.uuid4()), "format": {"provider": "parquet", "options": {}}, "schemaString": json.dumps(schema),
            "partitionColumns": [], "configuration": {**properties, "lakeward.secret": "kept here"}, "createdTime": 1,
        }},
        {"add": add},
    )  # fmt: skip
    (log / f"{0:020}.json").write_text("".join(json.dumps(action) + "\n" for action in actions))


def _deletion_vector(path: Path, gone: list[int]) -> Line:
    """Write rows that are deleted as the Delta protocol says: one roaring bitmap with one container, in a file."""
    container = struct.pack("<HH", 0, len(gone) - 1) + struct.pack("<I", 16) + struct.pack(f"<{len(gone)}H", *gone)
    bitmap = struct.pack("<II", 12346, 1) + container
    content = struct.pack("<I", 1681511377) + struct.pack("<QI", 1, 0) + bitmap
    number = uuid.UUID(int=0x1234567890ABCDEF1234567890ABCDEF)
    framed = b"\x01" + struct.pack(">I", len(content)) + content + struct.pack(">I", zlib.crc32(content))
    (path / f"deletion_vector_{number}.bin").write_bytes(framed)
    return {
        "storageType": "u", "pathOrInlineDv": _in_z85(number.bytes), "offset": 1, "sizeInBytes": len(content),
        "cardinality": len(gone),
    }  # fmt: skip


def _in_z85(content: bytes) -> str:
    text = ""
    for (number,) in struct.iter_unpack(">I", content):
        digits = [number // 85**power % 85 for power in (4, 3, 2, 1, 0)]
        text += "".join(Z85[digit] for digit in digits)
    return text


MADE = {
    "crashes": _crashes, "plain": _plain, "vectors": _vectors, "mapped": _mapped, "naive": _naive, "nothing": _nothing,
    "towns": _towns,
}  # fmt: skip
