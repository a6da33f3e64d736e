"""What docs/quality.md tells people to run does run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lakeward.lake.storage import Lake
from lakeward.quality import expect, history
from lakeward.quality.history import Validation
from lakeward.quality.result import Result

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "quality.md").read_text("utf-8")
RULE = expect.column_values_to_not_be_null("rain_mm")


def test_every_column_of_the_history_is_named() -> None:
    assert not {name for name in history.TYPES if f"`{name}`" not in PAGE}


def test_its_code_runs_on_a_lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lake = Lake.at(str(tmp_path / "lake"))
    for run, failed in (("r1", 1), ("r2", 3)):
        numbers = {"element_count": 10, "unexpected_count": failed, "unexpected_percent": 10.0 * failed}
        history.record(lake, run, [Validation("silver.made.rain", "made/1.csv", (Result(RULE, False, numbers),))])
    monkeypatch.chdir(tmp_path)
    told: dict[str, object] = {}

    plot, load = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    exec(plot, told)  # noqa: S102
    exec(load, told)  # noqa: S102

    header, *_, first, second = (tmp_path / "shares.csv").read_text().splitlines()
    assert "silver.made.rain" in header
    assert (first.rpartition(",")[2], second.rpartition(",")[2]) == ("10.0", "30.0")
    assert [each.success for each in told["results"]] == [False]  # type: ignore[attr-defined]
