"""Each line of docs/analysts.md runs, on a made lake."""

from __future__ import annotations

import re
import shlex
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from deltalake import write_deltalake

from lakeward.jobs.cli import main
from lakeward.lake import release
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import declared
from lakeward.sharing.reader import magic
from lakeward.sharing.reader.table import Table

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "analysts.md").read_text("utf-8")
TOWNS = "gold.town_profile"
MADE = {
    "string": (pa.string(), "花蓮縣"), "date": (pa.date32(), date(2024, 1, 1)), "int": (pa.int32(), 20_000),
    "bigint": (pa.int64(), 20_000), "double": (pa.float64(), 1.5),
}  # fmt: skip


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(autouse=True)
def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the lake that the page speaks of."""
    monkeypatch.chdir(tmp_path)
    lake, columns = Lake.at("lake"), declared()[TOWNS].columns
    rows = pa.table({each.name: pa.array([MADE[each.type][1]], MADE[each.type][0]) for each in columns})
    for name in (TOWNS, "silver.police.burglaries"):
        lake.table(name).mkdir(parents=True)
        write_deltalake(str(lake.table(name)), rows)
    release.publish(lake, TOWNS, 0, columns, {"inputs": {}}, "run-1")


def test_its_python_runs() -> None:
    names: dict[str, object] = {}

    for block in _blocks("python"):
        exec(block, names)  # noqa: S102

    assert isinstance(names["town"], Table) and names["town"].arrow(version="1.0").num_rows == 1


def test_its_commands_run(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    commands = [shlex.split(line)[2:] for block in _blocks("console") for line in block.splitlines()]

    assert commands and all(main(command) == 0 for command in commands)
    assert "花蓮縣" in capsys.readouterr().out and (tmp_path / "n.parquet").exists()


def test_its_cell_runs() -> None:
    first, _, query = PAGE.partition("%%lake ")[2].partition("\n```")[0].partition("\n")
    names: dict[str, object] = {}

    magic.asked(names, first.replace("lake", "./lake"), query)

    assert isinstance(names["found"], pd.DataFrame) and names["found"]["people"].tolist() == [20_000]


def test_every_way_that_it_tells_is_there() -> None:
    told = set(re.findall(r"`\.(\w+)", PAGE))

    assert len(told) > 10 and not {name for name in told if not hasattr(Table, name)}
