"""The rivals of the ingest benchmark do the same job: the same rows written, the same refused."""

import json
import subprocess
import sys
from pathlib import Path

INGEST = Path(__file__).parents[2] / "benchmarks" / "ingest.py"


def test_duckdb_and_polars_by_hand_write_and_refuse_the_same_made_rows(tmp_path: Path) -> None:
    asked = [
        "--landing",
        str(tmp_path / "none"),
        "--days",
        "1",
        "--rows",
        "300",
        "--turns",
        "1",
        "--ways",
        "duckdb,polars,dlt",
        "--dlt",
        "false",  # a Python that cannot import it
    ]
    environment = {"PATH": "/usr/bin:/bin", "LAKEWARD_BENCH_DIR": str(tmp_path)}

    told = subprocess.run(
        [sys.executable, str(INGEST), *asked], env=environment, capture_output=True, text=True, check=True
    )

    assert "dlt is left out" in told.stdout
    assert "20,100 rows written, 200 refused" in told.stdout
    (kept,) = tmp_path.glob("ingest-*.json")
    results = json.loads(kept.read_text(encoding="utf-8"))["results"]
    assert len(results) == 2
    assert all(turn["cpu_s"] > 0 for turns in results.values() for turn in turns)
