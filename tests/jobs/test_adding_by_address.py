"""`add URL` from a server that asks for a key: the file lands, no key stays, `fetch` asks the same server again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest

from lakeward.jobs.cli import main
from lakeward.lake.errors import EXIT_DATA, EXIT_DONE, EXIT_USAGE

KEY, VARIABLE = "s3cr3t-canary", "MY_AGENCY_API_KEY"
ROWS = "站碼,日期,雨量毫米\n466920,114/01/01,3.5\n466920,114/01/02,0.0\n".encode("cp950")


class Agency(BaseHTTPRequestHandler):
    """Gives rain to who has the key."""

    rows: ClassVar[bytes] = ROWS
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        is_known = parse_qs(urlsplit(self.path).query).get("api_key") == [KEY]
        self.send_response(200 if is_known else 403)
        self.send_header("Content-Type", "text/csv")
        self.send_header("Content-Length", str(len(self.rows) if is_known else 0))
        self.end_headers()
        self.wfile.write(self.rows if is_known else b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def agency(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a file of the agency's, without the key."""
    monkeypatch.setattr(Agency, "rows", ROWS)
    monkeypatch.setattr(Agency, "asked", [])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Agency)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/rain_days.csv?year=114"
    server.shutdown()
    server.server_close()


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new project, which is the working directory."""
    folder = tmp_path / "my-agency"
    assert main(["init", str(folder)]) == EXIT_DONE
    monkeypatch.chdir(folder)
    return folder


def test_a_file_is_added_by_its_address_and_fetched_again_by_its_declaration(
    agency: str, project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    capsys.readouterr()

    assert main(["add", f"{agency}&api_key={KEY}", "--allow-private", "--json"]) == EXIT_DONE

    said = capsys.readouterr()
    added = json.loads(said.out)
    assert added["name"] == "my_agency.rain_days"
    assert (project / added["file"]).read_bytes() == ROWS
    declared = (project / added["declaration"]).read_text("utf-8")
    assert f"{agency}&api_key=${{{VARIABLE}}}" in declared and "licence=" in declared
    kept = [file for file in project.rglob("*") if file.is_file() and KEY.encode() in file.read_bytes()]
    assert not kept and KEY not in said.out + said.err
    assert any(VARIABLE in note for note in added["notes"])

    monkeypatch.setenv(VARIABLE, KEY)
    more = "466920,114/01/03,1.5\n".encode("cp950")
    for rows, files in ((ROWS, 1), (ROWS + more, 2), (ROWS + more, 2)):
        monkeypatch.setattr(Agency, "rows", rows)
        assert main(["fetch", "my_agency.rain_days", "--allow-private"]) == EXIT_DONE
        landed = [each for each in (project / added["file"]).parent.iterdir() if each.suffix == ".csv"]
        assert len(landed) == files, [each.name for each in landed]
    assert all(f"api_key={KEY}" in asked for asked in Agency.asked)


def test_what_the_server_refuses_is_told_and_nothing_is_added(
    agency: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(project.rglob("*"))

    assert main(["add", f"{agency}&api_key=wrong", "--allow-private"]) == EXIT_DATA
    assert "403" in (said := capsys.readouterr().err) and "wrong" not in said
    assert main(["add", f"{agency}&api_key={KEY}"]) == EXIT_USAGE, (
        "a private address is not asked unless that is allowed"
    )

    assert sorted(project.rglob("*")) == before
