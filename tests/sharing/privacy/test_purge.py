"""Older versions go with all that their logs tell of values; the newest stays whole, and so does what was noted."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, write_deltalake

from lakeward.lake import delta
from lakeward.sharing.privacy.purge import purge
from lakeward.sharing.privacy.search import Sought, files_with

PERSON = "A123456789"


def _write(path: Path, *people: str, **note: object) -> None:
    told = CommitProperties(custom_metadata={"userMetadata": json.dumps({"lakeward": 1, **note})})
    write_deltalake(str(path), pa.table({"who": list(people)}), mode="overwrite", commit_properties=told)


def test_a_person_in_older_versions_is_gone_and_the_newest_is_whole(tmp_path: Path) -> None:
    _write(tmp_path, PERSON, "someone", run="1")
    DeltaTable(str(tmp_path)).create_checkpoint()
    DeltaTable(str(tmp_path)).delete(f"who = '{PERSON}'")
    _write(tmp_path, "someone", run="2")
    (tmp_path / "_delta_log" / f"{0:020}.crc").write_text(json.dumps({"allFiles": [{"stats": PERSON}]}), "utf-8")
    assert len(files_with(tmp_path, Sought(PERSON))) >= 5  # a data file, two commits, a checkpoint, a sum

    purge(tmp_path)

    assert not files_with(tmp_path, Sought(PERSON))
    assert DeltaTable(str(tmp_path)).to_pyarrow_table().to_pylist() == [{"who": "someone"}]
    assert [note["run"] for _, note in delta.notes(tmp_path)] == ["2", "1"]


def test_versions_since_a_table_was_made_anew_keep_their_files(tmp_path: Path) -> None:
    _write(tmp_path, PERSON)
    _write(tmp_path, PERSON, takedown=True)
    _write(tmp_path, "one")
    _write(tmp_path, "two")

    purge(tmp_path)

    assert [DeltaTable(str(tmp_path), version=n).to_pyarrow_table()["who"].to_pylist() for n in (2, 3)] == [
        ["one"],
        ["two"],
    ]
    assert not files_with(tmp_path, Sought(PERSON))
