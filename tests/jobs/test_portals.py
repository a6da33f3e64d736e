"""Data sets whose real files could not be had: made ones, given out as the agencies' portals do, fetched and run."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from hashlib import sha512
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import quote, urlsplit

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.fetch import address, fetch
from lakeward.jobs.run import run
from lakeward.lake.errors import EXIT_DATA, UsageError
from lakeward.pipelines.catalog import declared
from lakeward.pipelines.dataset import Dataset
from lakeward.pipelines.sample.folder import write

NAMES = (
    "culture.events", "disaster.earthquakes", "disaster.shelters", "environment.air_quality",
    "food.border_inspections", "maps.einvoice_sales", "police.fraud_sites", "traffic.metro_ridership",
)  # fmt: skip
KEYS = {"MOENV_API_KEY": "made-key-1", "CWA_API_KEY": "made-key-2"}


@dataclass
class Portal:
    """A portal: what it gives out by path, how it names it, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)


class Counter(BaseHTTPRequestHandler):
    def __init__(self, *told: object, portal: Portal) -> None:
        self.portal = portal
        super().__init__(*told)  # type: ignore[arg-type]

    def do_GET(self) -> None:
        portal, path = self.portal, urlsplit(self.path).path
        portal.asked.append(self.path)
        if path in portal.moved:
            self.send_response(302)
            self.send_header("Location", portal.moved[path])
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if path in portal.broken:  # once: then it recovers
            portal.broken.discard(path)
            self.send_response(503)
            self.send_header("Retry-After", "0")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        body = portal.files[path]
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(body)))
        if path in portal.titles:
            self.send_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(portal.titles[path])}")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def portal() -> Iterator[tuple[Portal, str]]:
    told = Portal()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Counter, portal=told))
    Thread(target=server.serve_forever, daemon=True).start()
    yield told, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def _zipped(name: str, body: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(name, body)
    return made.getvalue()


def _given_out(portal: Portal, at: str, folder: Path) -> list[Dataset]:
    """Have the portal give out the first made file of each data set at the path of its real address."""
    datasets = [table for table in (declared()[name] for name in NAMES) if isinstance(table, Dataset)]
    write(folder, datasets, rows=800)
    here = []
    for dataset in datasets:
        name = dataset.name
        told = urlsplit(address(dataset.source.url, KEYS, date(2025, 3, 4)))
        file = sorted((folder / dataset.source.folder).iterdir())[0]
        path = quote(told.path)
        portal.files[path] = file.read_bytes()
        if name == "food.border_inspections":  # comes as a zip of one file, named by a header
            portal.files[path] = _zipped(file.name, file.read_bytes())
            portal.titles[path] = "52_made.zip"
        if name in ("disaster.shelters", "police.fraud_sites"):  # /download tells its name in a header
            portal.titles[path] = f"{dataset.title_zh}_made.csv"
        url = f"{at}{told.path}" + (f"?{told.query}" if told.query else "")
        here.append(replace(dataset, source=replace(dataset.source, url=url)))
    return here


def test_each_is_fetched_from_a_portal_and_brought_into_the_lake(
    spark: SparkSession, tmp_path: Path, portal: tuple[Portal, str]
) -> None:
    told, at = portal
    tables = _given_out(told, at, tmp_path / "made")
    metro = next(path for path in told.files if "stationod" in path)
    assert metro.endswith("_202502.csv")
    told.moved["/moved"] = metro
    tables = [
        replace(each, source=replace(each.source, url=f"{at}/moved")) if each.name == NAMES[-1] else each
        for each in tables
    ]
    told.broken = set(told.files)

    first = fetch(tables, str(tmp_path / "landing"), allow_private=True)
    again = fetch(tables, str(tmp_path / "landing"), allow_private=True)

    assert [each.error for each in first] == [""] * len(NAMES)
    assert [each.is_new for each in first + again] == [True] * len(NAMES) + [False] * len(NAMES)
    assert any("api_key=made-key-1" in path for path in told.asked)
    records = [path.read_text("utf-8") for path in (tmp_path / "landing").rglob(".*.download.json")]
    assert len(records) == len(NAMES)
    assert not any("made-key" in record for record in records)

    report = run(str(tmp_path / "lake"), str(tmp_path / "landing"), NAMES)

    steps = {step.table_name.removeprefix("silver."): step for step in report.steps}
    for name in NAMES:
        assert steps[name].error == "", name
        assert steps[name].rows_written > 20, name
        assert steps[name].rows_read == steps[name].rows_written + steps[name].rows_quarantined, name


def test_an_error_page_in_place_of_a_file_is_told_and_nothing_lands(tmp_path: Path, portal: tuple[Portal, str]) -> None:
    told, at = portal
    told.files["/gone.csv"] = b"<!DOCTYPE html><html>maintenance</html>"
    dataset = declared()["disaster.shelters"]
    assert isinstance(dataset, Dataset)
    dataset = replace(dataset, source=replace(dataset.source, url=f"{at}/gone.csv"))

    (done,) = fetch([dataset], str(tmp_path), allow_private=True)

    assert done.exit_code == EXIT_DATA
    assert "an HTML page" in done.error
    assert [path.name for path in tmp_path.rglob("*.csv")] == []


def test_an_address_is_filled_in_from_the_month_and_the_environment() -> None:
    assert address("http://x/${YYYYMM}.csv", {}, date(2025, 1, 31)) == "http://x/202412.csv"
    assert address("http://x/${YYYYMM}.csv", {"LAKEWARD_MONTH": "201701"}, date(2025, 1, 31)) == "http://x/201701.csv"
    with pytest.raises(UsageError, match="MOENV_API_KEY") as refused:
        address("http://x/?key=${MOENV_API_KEY}", {}, date(2025, 1, 31))
    assert "export MOENV_API_KEY" in refused.value.remedy


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (_zipped("a.csv", b"\0" * 40_000_000), "zip bomb"),
        (_zipped("a.csv", sha512(b"made").hexdigest().encode() * 9)[:90], "damaged"),
    ],
    ids=["bomb", "cut short"],  # its bytes hold the second it was made in, and test processes must name it alike
)
def test_a_zip_that_cannot_be_trusted_is_refused(tmp_path: Path, body: bytes, said: str) -> None:
    from lakeward.jobs.plan import plan
    from lakeward.lake.storage import Lake

    file = tmp_path / "landing" / "food" / "tfda_border" / "52_made.zip"
    file.parent.mkdir(parents=True)
    file.write_bytes(body)
    dataset = declared()["food.border_inspections"]

    step = plan(Lake.at(str(tmp_path / "lake")), str(tmp_path / "landing"), [dataset]).steps[dataset.name]

    (arrival,) = step.arrivals  # type: ignore[union-attr]
    assert arrival.status == "refused"
    assert said in f"{arrival.reason} {arrival.remedy}"
