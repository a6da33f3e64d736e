"""One driver's Python: runs what it is asked for, line by line, through a JVM that others share, until it is killed.

Each line of standard input is a JSON object with `lake`, `landing`, `tables` and, to die there, `crash_at`; it is
answered by one with `code` and `said`. Without `tables` it does what a run does without a JVM (`small.py`).
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from functools import cache
from typing import TYPE_CHECKING, Any

import small
from child import OWN, attach

from lakeward.jobs.run import run
from lakeward.lake import session as sessions
from lakeward.lake.errors import EXIT_DONE, EXIT_OURS, LakewardError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@cache
def attached() -> SparkSession:
    """Give the session; a run that stops it ends its own jobs, and no more, for the JVM is not its own."""
    spark = attach("faults")
    spark.stop = spark.sparkContext.cancelAllJobs  # type: ignore[method-assign]
    return spark


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """Run, and tell the exit code that the command line would give, with its words."""
    os.environ["LAKEWARD_CRASH_AT"] = asked.get("crash_at", "")
    try:
        if not asked["tables"]:
            small.write(asked["lake"])
            return {"code": EXIT_DONE, "said": ""}
        report = run(asked["lake"], asked["landing"], asked["tables"], own=OWN)
    except LakewardError as error:
        return {"code": error.exit_code, "said": str(error)}
    except Exception:
        return {"code": EXIT_OURS, "said": traceback.format_exc()}
    told = [f"{step.table_name} {step.outcome}: {step.error}" for step in report.steps if step.error]
    return {"code": report.exit_code, "said": "\n".join(told), "outcomes": [step.outcome for step in report.steps]}


def main() -> None:
    """Answer every line."""
    sessions.session = lambda *_, **__: attached()
    sessions.driver_pid = lambda spark: None  # that JVM does not die with us
    if "PYSPARK_GATEWAY_PORT" in os.environ:
        attached()
    print("ready", flush=True)
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
