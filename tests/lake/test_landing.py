"""What lies in the landing folder, and what it is taken for."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from lakeward.lake import landing as zone
from lakeward.lake.errors import UsageError
from lakeward.lake.landing import deliveries

PATTERN = "town/wells/*.csv"


@pytest.fixture
def folder(landing: Path) -> Path:
    path = landing / "town" / "wells"
    path.mkdir(parents=True)
    return path


def test_files_are_listed_by_name_with_their_content_known(landing: Path, folder: Path) -> None:
    (folder / "2021 水井 (新).csv").write_bytes(b"a\n1\n")
    (folder / "2020.CSV.gz").write_bytes(b"b\n")
    (folder / "notes.txt").write_text("x")
    for ignored in ("README.md", "MADE.md", "MANIFEST.csv", "_tmp.csv", ".hidden.csv"):
        (folder / ignored).write_text("x")
    (folder / "deeper").mkdir()
    (folder / "deeper" / "2022.csv").write_text("x")

    found, strange = deliveries(str(landing), PATTERN)

    assert [each.file for each in found] == ["town/wells/2020.CSV.gz", "town/wells/2021 水井 (新).csv"]
    assert strange == ["town/wells/deeper/2022.csv", "town/wells/notes.txt"]
    told = found[1].identified({})
    assert (told.bytes, told.sha256, told.fault) == (4, hashlib.sha256(b"a\n1\n").hexdigest(), "")


def test_files_whose_names_only_begin_like_a_note_are_data(landing: Path, folder: Path) -> None:
    for name in ("made_stations.csv", "manifest_2020.csv", "readme2.csv"):
        (folder / name).write_text("a\n")

    found, _ = deliveries(str(landing), PATTERN)

    assert [Path(each.file).name for each in found] == ["made_stations.csv", "manifest_2020.csv", "readme2.csv"]
    assert [each.is_made for each in found] == [True, False, False]


def test_what_is_no_file_inside_the_root_has_a_fault_and_no_content(
    tmp_path: Path, landing: Path, folder: Path
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    (folder / "a_folder.csv").mkdir()
    (folder / "b_link.csv").symlink_to(secret)
    (folder / "c_dead.csv").symlink_to(folder / "nowhere")
    (folder / "d_round.csv").symlink_to(folder / "d_round.csv")
    os.mkfifo(folder / "e_pipe.csv")
    (folder / "f_fine.csv").write_text("a\n")
    (folder / "g_inside.csv").symlink_to(folder / "f_fine.csv")

    found, _ = deliveries(str(landing), PATTERN)
    faults = {Path(each.file).name[0]: each.identified({}).fault for each in found}

    assert faults["a"] == "it is a folder, not a file"
    assert faults["b"] == "it is a link that leads out of the landing root"
    assert faults["c"] == faults["e"] == "it is not a regular file"
    assert faults["d"]
    assert faults["f"] == faults["g"] == ""
    assert not any(each.identified({}).sha256 for each in found if each.fault)


def test_a_folder_linked_out_of_the_root_or_onto_itself_is_not_walked(
    tmp_path: Path, landing: Path, folder: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.csv").write_text("a\n")
    (folder / "out").symlink_to(outside)
    (folder / "round").symlink_to(landing)

    found, _ = deliveries(str(landing), "town/**/*.csv")

    assert [each.file for each in found if not each.fault] == []


def test_a_data_set_whose_whole_folder_is_a_link_out_of_the_root_is_refused(tmp_path: Path, landing: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.csv").write_text("a\n")
    (landing / "town").mkdir()
    (landing / "town" / "wells").symlink_to(outside)

    found, _ = deliveries(str(landing), PATTERN)

    assert all("leads out" in each.fault for each in found)


def test_a_file_that_may_not_be_read_has_a_fault(landing: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(path: str) -> str:
        raise PermissionError(13, "Permission denied", path)

    (folder / "a.csv").write_text("a\n")
    monkeypatch.setattr(zone, "_sha256", closed)
    found, _ = deliveries(str(landing), PATTERN)

    assert found[0].identified({}).fault == "it cannot be read: Permission denied"


def test_known_content_is_not_read_again(landing: Path, folder: Path) -> None:
    (folder / "a.csv").write_text("a\n")
    each = deliveries(str(landing), PATTERN)[0][0]
    known = {(each.file, each.bytes, each.modified_at): "told"}

    assert each.identified(known).sha256 == "told"
    (folder / "a.csv").write_text("changed\n")
    assert deliveries(str(landing), PATTERN)[0][0].identified(known).sha256 != "told"


def test_a_missing_root_is_told_and_a_missing_folder_is_just_empty(tmp_path: Path, landing: Path) -> None:
    with pytest.raises(UsageError, match="there is no landing folder") as refused:
        deliveries(str(tmp_path / "nowhere"), PATTERN)

    assert refused.value.exit_code == 2
    assert "--landing" in refused.value.remedy
    assert deliveries(str(landing), PATTERN) == ([], [])


@pytest.mark.parametrize(("closed", "hidden"), [("deeper", ""), ("wells", ""), ("town", "wells")])
def test_a_closed_folder_is_told_and_not_passed_over(
    landing: Path, folder: Path, closed: str, hidden: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "deeper").mkdir()
    monkeypatch.setattr(os, "access", lambda place, _: Path(place).name != closed)  # root may look everywhere
    monkeypatch.setattr(os.path, "isdir", lambda place: Path(place).name != hidden)

    found, _ = deliveries(str(landing), PATTERN)

    assert [Path(each.file).name for each in found] == [closed]
    assert "closed to this user" in found[0].identified({}).fault
    assert found[0].remedy == "mend its permissions"


def test_a_closed_or_unnamed_landing_root_is_told(landing: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="an empty path"):
        deliveries("", PATTERN)
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(UsageError, match="closed to this user"):
        deliveries(str(landing), PATTERN)
