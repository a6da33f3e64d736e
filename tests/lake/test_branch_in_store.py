"""A branch in a store is main as it was at one moment, whole or none, and whatever killed it is cleared away."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import pytest

from lakeward.jobs.takedown import take_down
from lakeward.lake import branches, copied
from lakeward.lake.branches import Branch
from lakeward.lake.errors import TryAgainLater, UsageError
from lakeward.lake.storage import Lake

if TYPE_CHECKING:
    from upath import UPath

TABLE = "gold/made"
FILES = (
    f"{TABLE}/_delta_log/{0:020}.json", f"{TABLE}/_delta_log/_last_checkpoint", f"{TABLE}/town=花蓮 1/a.parquet",
    "published/made/latest.json", "_runs/_delta_log/x.json", "_logs/trace", "_audit/b.parquet", "_branches/old/_branch",
)  # fmt: skip


@pytest.fixture
def main() -> Lake:
    """A lake in a store that is no disk: names, without what Delta would write."""
    from upath import UPath

    root = cast("Path", UPath(f"memory://{uuid4().hex}/a lake 湖"))
    for name in FILES:
        _put(root / name)
    return Lake(root)


def _put(file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(str(file).encode())


def _names(folder: Path) -> list[str]:
    path = cast("UPath", folder)
    return sorted(name.removeprefix(path.path + "/") for name in path.fs.find(path.path))


def test_it_has_mains_files_but_for_what_is_mains_alone_and_goes_without_a_trace(main: Lake) -> None:
    branch = Branch(main, "trial")
    before = _names(main.root)

    made = branch.made()

    assert _names(made.root) == sorted(["_branch", FILES[0], *FILES[2:5]])
    assert (made.root / FILES[2]).read_bytes() == (main.root / FILES[2]).read_bytes()
    assert branches.names(main) == ["old", "trial"] and branches.is_branch(made) and not branches.is_branch(main)
    assert branch.made() == made
    branch.drop()
    assert _names(main.root) == before and not branch.exists()


def test_a_commit_between_two_looks_is_waited_out_and_its_files_are_there(
    main: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter(range(9))
    names = copied.Copied._names

    def while_written(self: copied.Copied) -> Any:
        yield from list(names(self))
        if next(looks) == 0:
            _put(main.root / f"{TABLE}/z.parquet")
            _put(main.root / f"{TABLE}/_delta_log/{1:020}.json")

    monkeypatch.setattr(copied.Copied, "_names", while_written)
    made = Branch(main, "trial").made()

    assert {f"{TABLE}/z.parquet", f"{TABLE}/_delta_log/{1:020}.json"} <= set(_names(made.root))
    assert next(looks) == 3


def test_main_that_never_stands_still_is_told_and_nothing_is_left(main: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    def always(self: copied.Copied) -> Any:
        yield f"{TABLE}/_delta_log/{uuid4().hex}.json"

    monkeypatch.setattr(copied.Copied, "_names", always)
    before = _names(main.root)

    with pytest.raises(TryAgainLater, match="is being written"):
        Branch(main, "trial").made()

    assert _names(main.root) == before


def test_what_a_kill_left_is_no_branch_and_drop_clears_it(main: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    branch = Branch(main, "trial")
    before = _names(main.root)

    def killed(_: object, left: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(copied.Copied, "_still", lambda _: [FILES[2], "gone.parquet"])  # vacuumed meanwhile
        patched.setattr(copied.Copied, "clear", killed)
        branch.made()
    assert not branch.exists() and branches.names(main) == ["old", "trial"]
    with pytest.raises(UsageError, match="live on in branches of the lake: old, trial"):
        take_down(main, {}, "A123456789", "asked for", None, None)
    with pytest.raises(TryAgainLater, match="another process") as refused:
        branch.made()
    assert "lakeward drop trial" in refused.value.remedy
    branch.drop()
    assert _names(main.root) == before
    assert branch.made().root.is_dir()


def test_a_name_stays_taken_while_the_store_keeps_files_of_it(main: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    branch = Branch(main, "trial")
    branch.made()

    store = type(cast("UPath", main.root).fs)
    removes: Any = store.rm

    def one_alone(self: Any, path: str, recursive: bool = False) -> None:
        if not recursive:
            removes(self, path)

    with monkeypatch.context() as patched, pytest.raises(UsageError, match="keeps 4 files of branch trial"):
        patched.setattr(store, "rm", one_alone)
        branch.drop()

    assert not branch.exists()
    with pytest.raises(TryAgainLater, match="another process"):
        branch.made()
    branch.drop()
    assert branches.names(main) == ["old"]


def test_a_file_that_is_cleaned_away_meanwhile_is_told(main: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copied.Copied, "_still", lambda _: ["gone.parquet"])

    with pytest.raises(TryAgainLater, match="is being written"):
        Branch(main, "trial").made()


def test_a_place_without_second_places_is_refused() -> None:
    from upath import UPath

    from lakeward.lake import hdfs

    assert hdfs
    with pytest.raises(UsageError, match="a folder or an S3 store"):
        Branch(Lake(cast("Path", UPath("hdfs://host:8020/lake"))), "trial")
