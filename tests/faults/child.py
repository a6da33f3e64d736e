"""What a killed driver runs: `python child.py LAKE LANDING OWN TABLE`, with the exit codes of the command line."""

from __future__ import annotations

import sys

from lakeward.jobs.run import run
from lakeward.lake.errors import LakewardError


def main() -> int:
    where, landing, own, table = sys.argv[1:]
    try:
        report = run(where, landing, [table], own=own)
    except LakewardError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    for step in report.steps:
        print(step.table_name, step.outcome, step.error, file=sys.stderr)
    return report.exit_code


if __name__ == "__main__":
    raise SystemExit(main())
