"""A branch by the commands of its page: tried, compared, refused when main moved, made anew, promoted, released."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession

from lakeward.jobs.cli import main
from lakeward.lake import branches, delta, release
from lakeward.lake.errors import EXIT_DONE, EXIT_LATER, EXIT_USAGE
from lakeward.lake.storage import Lake

OWN, GOLD = Path(__file__).parents[1] / "faults" / "made_rain", "gold.faults_daily"


def delivered(landing: Path, year: int) -> None:
    """Land a year of made rain, of which one row is bad."""
    file = landing / "faults" / "rain" / f"{year}.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"站,日期,雨量\nA,{year}-01-01,1.5\nB,{year}-01-01,2\nC,{year}-01-02,x\n", "utf-8")


def days(lake: Lake) -> set[int]:
    """Give the years that the gold table has."""
    return {row["day"].year for row in delta.records_of(lake.table(GOLD))}


def test_a_branch_is_tried_compared_refused_when_main_moved_and_promoted(
    spark: SparkSession, lake: Lake, landing: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = ["--lake", str(lake.root)]

    def said(*words: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = main([*words, *where, "--json"])
        out = capsys.readouterr().out
        return code, json.loads(out) if out else {}

    def run(*more: str) -> tuple[int, dict[str, str]]:
        code, told = said("run", GOLD, "--landing", str(landing), "--pipelines", str(OWN), *more)
        return code, {step["table_name"]: step["outcome"] for step in told["steps"]}

    delivered(landing, 2015)
    assert run()[0] == EXIT_DONE
    delivered(landing, 2016)
    assert run("--branch", "trial") == (EXIT_DONE, {"silver.faults.rain": "built", GOLD: "built"})
    code, told = said("diff", "trial", GOLD, "--pipelines", str(OWN))
    moves = {each["table"]: (each["added"], each["changed"], each["removed"]) for each in told["tables"]}
    assert (code, moves) == (EXIT_DONE, {"silver.faults.rain": (2, 0, 0), GOLD: (1, 0, 0)})
    assert days(lake) == {2015}

    delivered(landing, 2017)
    assert run()[0] == EXIT_DONE
    assert main(["promote", "trial", *where]) == EXIT_LATER
    refused = capsys.readouterr().err
    assert "main moved since branch trial was made" in refused and "lakeward drop trial" in refused
    assert days(lake) == {2015, 2016, 2017} and branches.names(lake) == ["trial"]

    assert main(["drop", "trial", *where]) == EXIT_DONE
    delivered(landing, 2018)
    assert run("--branch", "trial")[0] == EXIT_DONE
    code, told = said("promote", "trial")
    assert (code, "gold.faults_daily" in told["versions"]) == (EXIT_DONE, True)
    assert days(lake) == {2015, 2016, 2017, 2018}
    before, version = release.newest(lake, GOLD), delta.version_of(lake.table(GOLD))
    assert run()[1]["silver.faults.rain"] == "unchanged"
    after = release.newest(lake, GOLD)
    assert before and after and (before["rows"], after["rows"]) == (3, 4), "main releases what came"
    assert delta.version_of(lake.table(GOLD)) == version, "and makes it no second time"
    assert main(["promote", "trial", *where]) == EXIT_USAGE
