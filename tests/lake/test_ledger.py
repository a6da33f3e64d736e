"""The ledger remembers every verdict, in order, and needs no JVM for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from lakeward.lake import delta, ledger
from lakeward.lake.ledger import Entry
from lakeward.lake.storage import Lake

ENTRY = Entry(
    dataset="made.rain",
    file="made/rain/某 檔.csv",
    sha256="ab" * 32,
    bytes=12,
    modified_at="2026-01-01T00:00:00+00:00",
    status="received",
    reason="",
    remedy="",
    exit_code=0,
    fingerprint="f1",
    encoding="utf-8",
    header=("站", "雨量(mm)"),
    is_made=True,
)


def test_what_is_recorded_is_read_back_the_oldest_first(lake: Lake) -> None:
    refused = replace(ENTRY, status="refused", reason="the file is empty", remedy="again", exit_code=65, header=())
    before = datetime.now(UTC)

    assert ledger.entries(lake) == []
    ledger.record(lake, "run-1", [ENTRY])
    ledger.record(lake, "run-2", [refused])
    told = ledger.entries(lake)

    assert [replace(each, seen_at=None) for each in told] == [ENTRY, refused]
    first, second = (each.seen_at for each in told)
    assert first
    assert second
    assert before <= first < second <= datetime.now(UTC)


def test_one_call_is_one_commit_and_none_is_no_commit(lake: Lake) -> None:
    ledger.record(lake, "run-1", [])
    assert delta.version_of(lake.table(ledger.TABLE.table)) is None

    ledger.record(lake, "run-1", [ENTRY, replace(ENTRY, file="b.csv"), replace(ENTRY, file="c.csv")])
    ledger.record(lake, "run-1", iter([]))

    assert delta.version_of(lake.table(ledger.TABLE.table)) == 0
    assert len({each.seen_at for each in ledger.entries(lake)}) == 1


def test_a_lake_whose_path_has_blanks_and_chinese_is_read(lake: Lake) -> None:
    odd = Lake(lake.root / "a lake 湖 (新)")
    ledger.record(odd, "run-1", [ENTRY])

    assert [replace(each, seen_at=None) for each in ledger.entries(odd)] == [ENTRY]
