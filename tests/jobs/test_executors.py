"""What executors need to read deliveries: the packages that the page of clusters names, and what these bring along."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path

from pyspark import cloudpickle

from lakeward.jobs import ingest
from lakeward.pipelines.dataset import Csv
from lakeward.pipelines.reading import read_head

PAGE = Path(__file__).resolve().parents[2] / "docs" / "clusters.md"
NAMED = re.compile(r"\*\*Executors\*\*: Python \S+ or newer with ([\w, ]+), and python-calamine")
SPARKS_OWN = ("pyspark", "py4j")
ELSEWHERE = """
import pickle, sys
import pyarrow as pa

class Without:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in lacking:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

work, *lacking = sys.argv[1:]
sys.meta_path.insert(0, Without())
rows = pickle.load(open(work, "rb"))(iter([pa.record_batch({"id": [0]})]))
print(sum(batch.num_rows for batch in rows))
"""


def _brought(name: str) -> set[str]:
    try:
        needed = [each for each in requires(name) or () if "extra ==" not in each]
    except PackageNotFoundError:  # for another Python
        return set()
    return {name}.union(*(_brought(re.split(r"[^\w.-]", each)[0]) for each in needed))


def _spelled(name: str) -> str:
    return name.lower().replace("_", "-")


def test_deliveries_are_read_with_no_packages_but_those_that_the_page_names(tmp_path: Path) -> None:
    told = NAMED.search(PAGE.read_text("utf-8"))
    assert told
    has = set[str]().union(SPARKS_OWN, *map(_brought, re.findall(r"(?!and\b)\b\w+", told[1])))
    has = {"lakeward", *map(_spelled, has)}
    lacking = [top for top, of in packages_distributions().items() if not has & {*map(_spelled, of)}]
    assert "pandas" in lacking
    file, form = tmp_path / "some.csv", Csv(encoding="utf-8")
    file.write_text('a,b\n"1","2"\n3,4\n', "utf-8")
    unread = (str(file), "made/some.csv", "00", read_head(str(file), form))
    work = tmp_path / "work"
    work.write_bytes(cloudpickle.dumps(ingest._reader([[unread]], form, ["a", "b"], {})))  # type: ignore[no-untyped-call]

    asked = [sys.executable, "-c", ELSEWHERE, str(work), *lacking]
    done = subprocess.run(asked, check=False, capture_output=True, text=True)

    assert done.stdout.strip() == "2", done.stderr
