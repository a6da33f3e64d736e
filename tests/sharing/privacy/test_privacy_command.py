"""`lakeward privacy` tells the risk, and publication stops at it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from deltalake import write_deltalake

from lakeward.jobs.cli import main
from lakeward.jobs.publish import publish
from lakeward.lake.errors import EXIT_DONE, EXIT_QUALITY, EXIT_USAGE
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import declared
from lakeward.pipelines.dataset import Curated
from lakeward.sharing.privacy.gate import PrivacyRefused

OWN = """
from lakeward.lake.table import Open
from lakeward.pipelines.dataset import Curated

MADE = Curated(
    "gold.calls", "Calls", "通報", (), "a call", (Open("call_id", "string", "", key=True), Open("note", "string", "")),
    lambda: None,
)
"""


@pytest.fixture
def own(tmp_path: Path) -> str:
    (tmp_path / "own" / "made").mkdir(parents=True)
    (tmp_path / "own" / "made" / "calls.py").write_text(OWN, "utf-8")
    return str(tmp_path / "own")


def _build(lake: Path, *notes: str) -> None:
    path = lake / "gold" / "calls"
    path.mkdir(parents=True, exist_ok=True)
    rows = [{"call_id": str(number), "note": note} for number, note in enumerate(notes)]
    import pyarrow as pa

    write_deltalake(str(path), pa.Table.from_pylist(rows), mode="overwrite")


def test_the_risk_is_told_for_people_and_machines(tmp_path: Path, own: str, capsys: pytest.CaptureFixture[str]) -> None:
    _build(tmp_path / "lake", "rain", "call 0912-345-678")
    asked = ["privacy", "gold.calls", "--lake", str(tmp_path / "lake"), "--pipelines", own]

    assert main(asked) == EXIT_QUALITY
    text = capsys.readouterr().out
    assert main([*asked, "--json"]) == EXIT_QUALITY
    told = json.loads(capsys.readouterr().out)

    assert "mobile numbers (1 values): REFUSED" in text and "MAY NOT BE PUBLISHED" in text and "0912" not in text
    assert told["schema"] == "lakeward.privacy/1" and not told["may_be_published"]
    assert [(each["name"], each["class"], len(each["found"])) for each in told["columns"]] == [
        ("call_id", "open", 0), ("note", "open", 1),
    ]  # fmt: skip


def test_a_clean_table_may_be_published_and_a_delivered_one_never(tmp_path: Path, own: str) -> None:
    _build(tmp_path / "lake", "rain")
    place = ["--lake", str(tmp_path / "lake"), "--pipelines", own]

    assert main(["privacy", "gold.calls", *place]) == EXIT_DONE
    assert main(["privacy", "police.cameras", *place]) == EXIT_USAGE


def test_a_refused_publication_writes_nothing_and_readers_keep_the_last_release(tmp_path: Path, own: str) -> None:
    lake = Lake.at(str(tmp_path / "lake"))
    table = declared(own)["gold.calls"]
    assert isinstance(table, Curated)
    _build(lake.root, "rain")
    publish(lake, table, "run-1")
    before = sorted(lake.releases("gold.calls").rglob("*"))
    _build(lake.root, "A123456789")

    with pytest.raises(PrivacyRefused, match="national or resident id"):
        publish(lake, table, "run-2", reason="a reason does not help")

    assert sorted(lake.releases("gold.calls").rglob("*")) == before
