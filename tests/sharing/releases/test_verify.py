"""`lakeward verify` finds whatever is not as it was published, and nothing where all is."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rain_lake import FIRST, GOLD, checked, gold, silver

from lakeward.jobs.cli import main
from lakeward.jobs.publish import publish
from lakeward.jobs.verified import place_of
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.sharing.releases import keys, papers
from lakeward.sharing.releases.keys import PublicKey
from lakeward.sharing.releases.verify import verify

NUMBER = "1.0"


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PublicKey:
    """A key that releases are signed with."""
    monkeypatch.setenv(keys.VARIABLE, str(tmp_path / "key"))
    return keys.new(tmp_path / "key").public


@pytest.fixture
def published(lake: Lake, key: PublicKey) -> Path:
    """A signed release."""
    silver(lake, [FIRST])
    gold(lake)
    checked(lake, "run-1")
    publish(lake, GOLD, "run-1")
    return lake.releases("gold.rain") / NUMBER


def _flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def _edit(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    change(manifest)
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def test_what_was_published_is_right_from_wherever_one_looks(lake: Lake, published: Path, key: PublicKey) -> None:
    for where in (lake.root, lake.root / "published", published.parent, published):
        found = verify(where, key)
        assert (found.problems, found.notes, found.releases, found.files) == ([], [], 1, 3)
        assert found.signed_by == {key.text}


@pytest.mark.parametrize("name", ["rain.parquet", "rain.csv", "rain.xlsx", "manifest.json", "SHA256SUMS"])
def test_a_bit_that_is_another_is_found(published: Path, name: str) -> None:
    _flip(published / name)

    assert verify(published).problems


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told.update(rows=4), "the manifest says 4"),
        (lambda told: told["files"][0].update(rows=2), "it holds 3 rows"),
        (lambda told: told["files"][1].update(rows=2), "rain.csv: it holds 3 rows"),
        (lambda told: told["files"][2].update(rows=2), "rain.xlsx: it holds 3 rows"),
        (lambda told: told["schema"].pop(), "its columns are not"),
        (lambda told: told.update(licence="CC0-1.0"), "tell different licence"),
        (lambda told: told["files"][0].update(path="../../../key"), "outside of its folder"),
    ],
)
def test_a_manifest_that_lies_is_found_even_without_its_signature(
    published: Path, change: Callable[[dict[str, Any]], None], said: str
) -> None:
    _edit(published, change)
    (published / papers.SIGNATURE).unlink()

    assert said in "\n".join(verify(published).problems)


def test_files_that_come_and_go_are_found(lake: Lake, published: Path) -> None:
    (published / "strange.csv").touch()
    (published / "rain.csv").unlink()
    (published.parent / "latest.json").write_text(json.dumps({"release": "0.9"}), "utf-8")

    told = "\n".join(verify(lake.root).problems)

    assert "strange.csv is named by no manifest" in told
    assert "rain.csv is not there" in told
    assert "latest.json names 0.9" in told


def test_another_key_and_none_are_refused_where_one_is_asked_for(
    published: Path, tmp_path: Path, key: PublicKey
) -> None:
    other = keys.new(tmp_path / "other").public

    assert "not of the key that was given" in verify(published, other).problems[0]
    assert "not by the key" in verify(published / "rain.parquet", other).problems[0]
    (published / papers.SIGNATURE).unlink()
    assert verify(published, key).problems == [f"rain/{NUMBER}: it is not signed"]


def test_a_lone_file_is_checked_and_tells_where_it_is_from(published: Path, tmp_path: Path, key: PublicKey) -> None:
    lone = tmp_path / "downloaded.parquet"
    lone.write_bytes((published / "rain.parquet").read_bytes())

    found = verify(lone, key)
    _flip(lone)

    assert (found.problems, found.signed_by) == ([], {key.text})
    assert "gold.rain 1.0: 3 rows, OGDL-TW-1.0, rules passed, of 1 deliveries" in found.notes[0]
    assert verify(lone).problems
    lone.write_bytes(b"PAR1")
    assert "no whole Parquet file" in verify(lone).problems[0]


def test_an_unsigned_release_is_told(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(keys.VARIABLE, raising=False)
    gold(lake)
    publish(lake, GOLD, "r")

    found = verify(lake.root)

    assert (found.problems, found.signed_by) == ([], set())
    assert "nothing is signed" in found.notes[0]


class Unlisted(SimpleHTTPRequestHandler):
    """Gives files and lists none, as many a web server."""

    def list_directory(self, path: Any) -> None:
        """Refuse."""
        self.send_error(404)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def web(lake: Lake) -> Iterator[str]:
    """A web server over the lake's folder."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Unlisted, directory=str(lake.root.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/{lake.root.name}"
    server.shutdown()
    server.server_close()


def test_a_release_on_the_web_is_checked_as_one_on_a_disk(published: Path, web: str, key: PublicKey) -> None:
    for where in ("published/rain", "published/rain/1.0", "published/rain/1.0/rain.parquet"):
        found = verify(place_of(f"{web}/{where}"), key)
        assert (found.problems, found.signed_by) == ([], {key.text})
    _flip(published / "rain.csv")
    assert verify(place_of(f"{web}/published/rain"), key).problems == [
        "rain/1.0: rain.csv: its bytes are not those of the manifest"
    ]


def test_the_command_exits_with_65_where_something_is_wrong(
    lake: Lake, published: Path, key: PublicKey, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(lake.root), "--key", key.text, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["is_right"]
    _flip(published / "rain.csv")
    assert main(["verify", str(published)]) == 65
    assert "wrong: rain/1.0: rain.csv" in capsys.readouterr().out
    assert main(["verify", str(lake.root / "gold")]) == 2


def test_nothing_to_check_is_no_success(lake: Lake, tmp_path: Path) -> None:
    for where in (lake.root, tmp_path):
        with pytest.raises(UsageError, match="nothing that was released"):
            verify(where)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
FACTS = ("table", "release", "rows", "files", "schema", "source", "withdrawn", "quality", "geometry")


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fact=st.sampled_from(FACTS), instead=JSON, is_whole=st.booleans())
def test_a_manifest_of_any_shape_is_judged_and_nothing_else_happens(
    published: Path, fact: str, instead: Any, is_whole: bool
) -> None:
    manifest = published / "manifest.json"
    before = manifest.read_text("utf-8")
    told = instead if is_whole else {**json.loads(before), fact: instead}
    try:
        manifest.write_text(json.dumps(told), "utf-8")
        assert told == json.loads(before) or verify(published).problems
    finally:
        manifest.write_text(before, "utf-8")
