"""A failed gate is told to a real server on this machine; one that fails or hangs harms nothing."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from lakeward.jobs import notify
from lakeward.jobs.cli import lakeward, main
from lakeward.jobs.run import Report
from lakeward.lake.errors import UsageError
from lakeward.lake.runs import Step
from lakeward.lake.storage import Lake
from lakeward.quality import expect, history
from lakeward.quality.history import Validation
from lakeward.quality.result import Result

SECRET = "T0KEN-in-the-path"
REFUSED = Step(
    "r1", "silver.made.rain", "refused", datetime.now(UTC), rows_read=10, rows_quarantined=10,
    reasons={"rain_mm: no value": 8}, error="made/1.csv: 80.0 % of 10 rows were refused", exit_code=66,
)  # fmt: skip
FINE = Step("r1", "silver.made.sun", "built", datetime.now(UTC))
SKIPPED = Step("r1", "gold.made", "skipped", datetime.now(UTC), exit_code=66)


@dataclass
class Heard:
    """What a server was asked, and where it listens."""

    url: str = ""
    bodies: list[bytes] = field(default_factory=list)
    types: list[str | None] = field(default_factory=list)


@contextmanager
def serving(status: int = 200, *, after_s: float = 0.0, failing: int = 1_000) -> Iterator[Heard]:
    heard, ended = Heard(), threading.Event()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            heard.types.append(self.headers["Content-Type"])
            ended.wait(after_s)
            self.send_response(status if len(heard.bodies) <= failing else 200)
            self.send_header("Location", heard.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    heard.url = f"http://127.0.0.1:{server.server_port}/{SECRET}?key={SECRET}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield heard
    finally:
        ended.set()
        server.shutdown()
        server.server_close()


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in {"PAUSE_S": 0.01, "ANSWER_S": 0.2, "ALL_S": 5.0}.items():
        monkeypatch.setattr(notify, name, seconds)


def _post(heard: Heard) -> str:
    return notify.post(notify.address(heard.url), {"schema": "lakeward.gate/1", "file": "民國.csv"})


def test_the_document_is_posted_once_as_json() -> None:
    with serving(204) as heard:
        assert _post(heard) == ""

    assert json.loads(heard.bodies[0]) == {"schema": "lakeward.gate/1", "file": "民國.csv"}
    assert (len(heard.bodies), heard.types) == (1, ["application/json; charset=utf-8"])


@pytest.mark.parametrize(("status", "times"), [(500, 3), (429, 3), (404, 1), (302, 1)])
def test_a_server_that_refuses_is_asked_again_only_where_that_may_help(status: int, times: int) -> None:
    with serving(status) as heard:
        why = _post(heard)

    assert len(heard.bodies) == times
    assert f"it answered {status}" in why
    assert SECRET not in why


def test_a_server_that_recovers_is_told() -> None:
    with serving(503, failing=1) as heard:
        assert _post(heard) == ""

    assert len(heard.bodies) == 2


def test_a_server_that_hangs_costs_little_time() -> None:
    began = time.monotonic()
    with serving(after_s=30) as heard:
        why = _post(heard)

    assert "ReadTimeoutError" in why
    assert SECRET not in why
    assert time.monotonic() - began < 4


def test_all_tries_together_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notify, "ANSWER_S", 20.0)
    monkeypatch.setattr(notify, "ALL_S", 0.2)
    with serving(after_s=30) as heard:
        assert "no answer in time" in _post(heard)


def test_nobody_listens() -> None:
    with serving() as heard:
        pass

    why = _post(heard)

    assert why.startswith("http://127.0.0.1:")
    assert SECRET not in why


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/x", "http://me:pw@example.org/", "hook"])
def test_only_http_addresses_without_a_password_are_taken(url: str) -> None:
    with pytest.raises(UsageError) as told:
        notify.address(url)

    assert "pw" not in str(told.value)


def test_what_failed_is_told_with_its_rules_and_without_values(lake: Lake) -> None:
    broken = Result(
        expect.column_values_to_not_be_null("rain_mm", mostly=0.9),
        False,
        {"element_count": 10, "unexpected_count": 8, "partial_unexpected_list": ["A123456789"]},
    )
    warned = Result(expect.column_mean_to_be_between("rain_mm", 0, 9, severity="warning"), False)
    history.record(lake, "r1", [Validation("silver.made.rain", "made/1.csv", (broken, warned), "too many", "a" * 64)])
    history.record(lake, "r0", [Validation("silver.made.rain", "made/0.csv", (broken,), "too many", "b" * 64)])

    told = notify.document(lake, "r1", [REFUSED, FINE, SKIPPED])

    assert told
    assert (told["schema"], told["run_id"], told["exit_code"]) == ("lakeward.gate/1", "r1", 66)
    (gate,) = told["gates"]
    assert (gate["table"], gate["rows_read"], gate["reasons"]) == ("silver.made.rain", 10, {"rain_mm: no value": 8})
    (rule,) = gate["broken"]
    assert rule == {
        "batch": "made/1.csv", "rule": "rain_mm: expect_column_values_to_not_be_null", "severity": "critical",
        "rows": 10, "failed": 8, "observed": None,
    }  # fmt: skip
    assert "A123456789" not in json.dumps(told)


def test_a_good_run_tells_nothing(lake: Lake) -> None:
    assert notify.document(lake, "r1", [FINE]) is None


def test_a_run_ends_as_it_would_have_and_says_that_nobody_was_told(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lakeward.jobs.run.run", lambda *_, **__: Report("r1", lake, [REFUSED]))
    monkeypatch.setenv("LAKEWARD_LAKE", str(lake.root))
    with serving(500) as heard:
        ran = CliRunner().invoke(lakeward, ["run", "--notify", heard.url], standalone_mode=False)

    assert ran.return_value == 66
    assert json.loads(heard.bodies[0])["gates"][0]["outcome"] == "refused"
    assert "was not told: it answered 500" in ran.stderr
    assert SECRET not in ran.output


def test_a_wrong_address_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    assert main(["run", "--lake", str(tmp_path / "lake"), "--notify", "ftp://example.org"]) == 2
    assert not (tmp_path / "lake").exists()


def _run(lake: Lake, heard: Heard, *more: str) -> dict[str, Any]:
    words = ["run", "--lake", str(lake.root), "--notify", heard.url, "--notify-on", "end", *more]
    CliRunner().invoke(lakeward, words, standalone_mode=False)
    (body,) = heard.bodies
    told: dict[str, Any] = json.loads(body)
    return told


def test_the_end_of_a_good_run_is_told_where_it_is_asked_for(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lakeward.jobs.run.run", lambda *_, **__: Report("r1", lake, [FINE]))
    with serving() as heard:
        told = _run(lake, heard)

    assert (told["schema"], told["run_id"], told["exit_code"], told["problem"]) == ("lakeward.end/1", "r1", 0, "")
    assert [(each["table"], each["outcome"]) for each in told["tables"]] == [("silver.made.sun", "built")]


def test_the_end_of_a_run_that_could_not_begin_is_told_too(lake: Lake, tmp_path: Path) -> None:
    with serving() as heard:
        told = _run(lake, heard, "--landing", str(tmp_path / "nowhere"))

    assert (told["exit_code"], told["tables"]) == (2, [])
    assert "nowhere" in told["problem"] and "remedy" in told["problem"]
