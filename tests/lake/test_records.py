"""Records are added once, whatever becomes of the answer to the commit that adds them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pytest
from deltalake import write_deltalake
from deltalake.exceptions import CommitFailedError

from lakeward.lake import delta, records
from lakeward.lake.overtaken import Overtaken
from lakeward.lake.records import Records
from lakeward.lake.storage import Lake

TABLE = Records("_made", "made", {"name": pa.string()})
Write = Callable[..., None]


def _held(lake: Lake) -> list[str]:
    return sorted(row["name"] for row in TABLE.all(lake))


@pytest.mark.parametrize("answer", [OSError("Generic S3 error: HTTP error"), CommitFailedError("Version 1 exists")])
def test_a_commit_whose_answer_was_lost_is_not_made_again(
    lake: Lake, monkeypatch: pytest.MonkeyPatch, answer: Exception
) -> None:
    def lost(*told: Any, **how: Any) -> None:
        write_deltalake(*told, **how)
        raise answer

    TABLE.add(lake, [{"name": "first"}])
    monkeypatch.setattr(records, "write_deltalake", lost)

    TABLE.add(lake, [{"name": "second"}])

    assert _held(lake) == ["first", "second"]
    assert delta.version_of(lake.table("_made")) == 1


def test_a_commit_that_did_not_arrive_is_tried_once_more(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*told: Any, **how: Any) -> None:
        monkeypatch.setattr(records, "write_deltalake", write_deltalake)
        raise OSError("Generic S3 error: operation timed out")

    TABLE.add(lake, [{"name": "first"}])
    monkeypatch.setattr(records, "write_deltalake", late)

    TABLE.add(lake, [{"name": "second"}])

    assert _held(lake) == ["first", "second"]


def test_a_commit_that_never_arrives_is_an_error(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*told: Any, **how: Any) -> None:
        raise OSError("Generic S3 error: HTTP error")

    TABLE.add(lake, [{"name": "first"}])
    monkeypatch.setattr(records, "write_deltalake", away)

    with pytest.raises(OSError, match="Generic S3 error"):
        TABLE.add(lake, [{"name": "second"}])

    assert _held(lake) == ["first"]


def test_who_comes_second_adds_after_who_came_first(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def overtaken(*told: Any, **how: Any) -> None:
        monkeypatch.setattr(records, "write_deltalake", write_deltalake)
        TABLE.add(lake, [{"name": "theirs"}])
        raise CommitFailedError("Version 1 exists")

    TABLE.add(lake, [{"name": "first"}])
    table = Records(TABLE.table, TABLE.step, TABLE.types)  # another process has another lock
    monkeypatch.setattr(records, "write_deltalake", overtaken)

    table.add(lake, [{"name": "ours"}])

    assert _held(lake) == ["first", "ours", "theirs"]


def test_who_is_always_second_says_so_in_the_end(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*told: Any, **how: Any) -> None:
        raise CommitFailedError("Version 1 exists")

    TABLE.add(lake, [{"name": "first"}])
    monkeypatch.setattr(records, "write_deltalake", never)
    monkeypatch.setattr(records, "sleep", lambda seconds: None)

    with pytest.raises(Overtaken):
        TABLE.add(lake, [{"name": "second"}])


def test_records_with_a_text_are_found_without_a_look_into_the_files_of_others(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = "n" * 200
    names = ["a", "b", long, f"{long}o", "臺北" * 40, "臺北" * 40 + "市", ""]
    for name in names:
        TABLE.add(lake, [{"name": name}])
    TABLE.add(lake, [{"name": "a"}, {"name": "臺"}, {"name": None}])
    seen, opened = [], delta.parquet
    monkeypatch.setattr(delta, "parquet", lambda file: seen.append(file) or opened(file))  # type: ignore[func-returns-value]

    found = {name: [row["name"] for row in TABLE.of(lake, "name", name)] for name in [*names, "z"]}

    assert found == {**{name: [name] for name in names}, "a": ["a", "a"], "z": []}
    assert len(seen) < 32, "of 64 files, had each been opened"


def test_a_log_of_many_commits_is_summed_up(lake: Lake) -> None:
    for number in range(22):
        TABLE.add(lake, [{"name": f"{number}"}])

    log = lake.table("_made") / "_delta_log"
    assert (log / f"{19:020}.checkpoint.parquet").is_file()
    assert delta.version_of(lake.table("_made")) == 21
    assert len(_held(lake)) == 22


def test_a_folder_without_a_log_has_no_version(lake: Lake) -> None:
    assert delta.version_of(lake.table("_made")) is None
    (lake.table("_made") / "_delta_log").mkdir(parents=True)
    assert delta.version_of(lake.table("_made")) is None
    assert delta.records_of(lake.table("_made"), "name", "a") == []
