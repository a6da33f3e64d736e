"""`pip install lakeward` without extras is enough to read: nothing that only an extra brings is imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

from lakeward.sharing.reader.lake import OpenLake

ROOT = Path(__file__).parents[3]
READS = """
import json, sys
lacking = set(json.loads(sys.argv[1]))

class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in lacking:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Lacking())
import lakeward as lw
from lakeward.jobs.cli import main
lake = lw.open(sys.argv[2], pipelines=sys.argv[3])
table = lake["gold.rain_day"]
assert len(table.pandas(where="rain_mm > 1")) and len(table.history()) and table.citation and table._repr_html_()
assert lake.sql("select count(*) from gold.rain_day").fetchall()
where = ["--lake", sys.argv[2], "--pipelines", sys.argv[3]]
told = [main([*words, *where]) for words in (["ls"], ["show", "gold.rain_day"], ["runs"], ["quality"])]
told.append(main(["verify", sys.argv[2] + "/published/rain_day"]))
told.append(main(["sample", sys.argv[2] + "-made", "police.cameras"]))
sys.stderr.write(json.dumps(told))
"""


def _brought_by_extras() -> list[str]:
    """List the modules of every library that extras name and plain lakeward does not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = {
        name for each in project["optional-dependencies"].values() for name in each if not name.startswith("lakeward")
    }
    names = {each.partition("[")[0].partition("=")[0].partition(">")[0].lower() for each in extras}
    plain = {each.partition("=")[0].partition(">")[0].partition("<")[0].lower() for each in project["dependencies"]}
    assert {"pyspark", "great-expectations"} <= names and not names & plain
    return sorted(module for module, by in packages_distributions().items() if {each.lower() for each in by} & names)


def test_a_lake_is_read_without_any_extra_and_what_needs_one_says_which(opened: OpenLake, own: str) -> None:
    command = [sys.executable, "-c", READS, json.dumps(_brought_by_extras()), str(opened.lake.root), own]

    paths = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}  # the made declarations stand beside the tests
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=paths)

    assert done.returncode == 0, done.stderr
    *codes, sample = json.loads(done.stderr.splitlines()[-1][done.stderr.splitlines()[-1].rindex("[") :])
    assert codes == [0] * len(codes)
    assert sample == 2
    assert "pip install lakeward[spark]" in done.stderr
