"""Die at each named point of a set, a withdrawal or a recall: nobody sees half of it, and the same again ends it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from mortal import ACTS, REASON, WET
from rain_lake import FIRST, GOLD, SECOND, Row, gold, rain_of, silver, write

from lakeward.jobs import recall as recalling
from lakeward.jobs.publish import publish
from lakeward.jobs.sets import make
from lakeward.lake import ledger
from lakeward.lake.crash import EXIT_CODE, RECALLS, SETS, WITHDRAWALS
from lakeward.lake.ledger import Entry
from lakeward.lake.storage import Lake
from lakeward.sharing.releases import feed, keys, recall, sets
from lakeward.sharing.releases.keys import PublicKey
from lakeward.sharing.releases.verify import verify
from lakeward.sharing.server.journal import TABLE as AUDIT

WHERE = Path(__file__).parent
PASSING = {"made_at", "published_at", "released_at", "at", "run_id", "signature", "recalled_at"}
POINTS = [
    *(("new set", point) for point in SETS),
    *(("other set", point) for point in SETS),
    *(("withdrawal", point) for point in WITHDRAWALS),
    *(("recall", point) for point in (*WITHDRAWALS, *RECALLS)),
    *(("recall for another reason", point) for point in RECALLS[:4]),
]
Dies = Callable[[str, Path, str], int]


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PublicKey]:
    """The key that signs, here and in the processes that die."""
    file = tmp_path_factory.mktemp("key") / "key"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(keys.VARIABLE, str(file))
        yield keys.new(file).public


@pytest.fixture(scope="module")
def dies(key: PublicKey) -> Iterator[Dies]:
    """Does something to a lake in a process of its own, which dies at a point; gives its exit code."""
    told = os.environ | {"PYTHONPATH": os.pathsep.join([str(WHERE), *sys.path])}
    command = [sys.executable, str(WHERE / "mortal.py")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=told, text=True) as process:
        into, out = process.stdin, process.stdout
        assert into and out

        def one(act: str, lake: Path, point: str) -> int:
            into.write(json.dumps({"act": act, "lake": str(lake), "point": point}) + "\n")
            into.flush()
            return int(out.readline())

        yield one
        into.close()


@pytest.fixture(scope="module")
def story(key: PublicKey, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two tables of two moments; the second rests on a bad delivery. A name means the first; one release is of both."""
    lake = Lake.at(str(tmp_path_factory.mktemp("story") / "lake"))
    lake.make()
    told = [
        Entry("made.rain", f"made/rain/{sha[:4]}.csv", sha, 1, "", "received", "", "", 0, "f", "utf-8", ("a",), False)
        for sha in (FIRST, SECOND)
    ]
    ledger.record(lake, "r", told)
    for number, shas in enumerate(([FIRST], [FIRST, SECOND])):
        rows: list[Row] = [("甲縣", date(2021, 1, 1), float(number))]
        inputs = {"silver.made.rain": silver(lake, shas)}
        inputs["gold.rain"] = gold(lake, rows, inputs["silver.made.rain"])
        write(lake, "gold.wet", rain_of(rows), inputs=inputs)
        if number == 0:
            make(lake, "now", (GOLD, WET))
    publish(lake, GOLD, "r")
    row = {"at": datetime(2026, 1, 1, tzinfo=UTC), "action": "query", "table_name": "rain", "version": 1}
    AUDIT.add(lake, [{**row, "recipient": "ministry", "status": 200, "files": 1, "bytes": 10}])
    return lake.root


@pytest.fixture(scope="module")
def clean(story: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What each act leaves when nobody dies."""
    found = {}
    for act in ACTS:
        lake = _copied(story, tmp_path_factory.mktemp("clean"), act)
        ACTS[act](lake)
        found[act] = _facts(lake)
    return found


@pytest.mark.parametrize(("act", "point"), POINTS)
def test_a_death_leaves_nothing_half_and_the_same_again_ends_it(
    story: Path, clean: dict[str, Any], dies: Dies, key: PublicKey, tmp_path: Path, act: str, point: str
) -> None:
    lake = _copied(story, tmp_path, act)
    assert dies(act, lake.root, point) == EXIT_CODE

    assert [each for each in verify(lake.root, key).problems if not _is_closed(act, point, each)] == []
    for name in sets.names(lake):
        if not list(sets.problems(lake.root / "published", told := sets.read(lake, name))):
            assert {row for table in sets.tables(lake, name).values() for row in table["rain_mm"].to_pylist()} == {
                float(told["tables"]["gold.wet"]["version"])
            }
    for mark in lake.root.glob(f"published/*/*/{recall.BESIDE}"):
        assert all((mark.parent / each["erratum"]).is_file() for each in recall.marks(mark.parent))

    for _ in range(2):
        ACTS[act](lake)
        assert _facts(lake) == clean[act]
    assert verify(lake.root, key).problems == []


def _copied(story: Path, to: Path, act: str) -> Lake:
    shutil.copytree(story, to / "lake")
    lake = Lake.at(str(to / "lake"))
    if act == "recall for another reason":
        recalling.recall(lake, SECOND, {GOLD.name: GOLD, WET.name: WET}, REASON)
    return lake


def _is_closed(act: str, point: str, problem: str) -> bool:
    """Say whether a problem only keeps readers from what is just being taken back, or from what is just being told."""
    if act == "recall for another reason":
        return point == "erratum.key" and problem.endswith("it is not signed")
    return point.startswith("withdrawal") and problem.startswith(("rain/1.1: ", "rain: latest.json names 1.1"))


def _facts(lake: Lake) -> dict[str, Any]:
    """Read all that is published and told, but for times and what is made of them; signatures are `verify`'s."""
    published = lake.root / "published"
    found: dict[str, Any] = {}
    for file in (each for each in published.rglob("*") if each.is_file()):
        name = str(file.relative_to(published))
        if file.suffix == ".json":
            found[name] = _lasting(json.loads(file.read_text("utf-8")), sets.FOLDER in name)
        elif name == feed.FILE:
            found[name] = sorted(_entries(file))
        else:
            found[name] = file.stat().st_size if file.suffix not in (".minisig", "") else ""
    found["_recalls"] = sorted(json.dumps(_lasting(row, is_set=False)) for row in recall.TABLE.all(lake))
    return found


def _lasting(told: Any, is_set: bool) -> Any:
    if isinstance(told, dict):
        left = PASSING | {"sha256"} if is_set else PASSING
        return {name: _lasting(each, is_set) for name, each in told.items() if name not in left}
    return [_lasting(each, is_set) for each in told] if isinstance(told, list) else told


def _entries(file: Path) -> Iterator[tuple[str, str]]:
    space = {"a": feed.SPACE}
    for each in ET.fromstring(file.read_text("utf-8")).findall("a:entry", space):  # noqa: S314 - our own
        yield each.findtext("a:title", "", space), each.findtext("a:summary", "", space)
