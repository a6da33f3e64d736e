"""Does to lakes what it is asked to, each in a process of its own, which may die at a named point.

`python mortal.py` reads a line of JSON for each (`act`, `lake`, `point`) and answers with its exit code. It only forks:
all code is read once, and what Delta and Arrow start, they start in the child.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import replace

from rain_lake import GOLD, RAIN, SECOND

from lakeward.jobs import recall as recalling
from lakeward.jobs import sets as making
from lakeward.lake.storage import Lake
from lakeward.sharing.releases.withdrawal import withdraw

WET = replace(GOLD, name="gold.wet", inputs=(GOLD, RAIN))
DECLARED = {each.name: each for each in (GOLD, WET)}
REASON = "the gauge of 甲縣 was broken"
ACTS: Mapping[str, Callable[[Lake], object]] = {
    "new set": lambda lake: making.make(lake, "2026Q3", (GOLD, WET)),
    "other set": lambda lake: making.make(lake, "now", (GOLD, WET), replaces=True),
    "withdrawal": lambda lake: withdraw(lake, "gold.rain", "1.1", REASON),
    "recall": lambda lake: recalling.recall(lake, SECOND, DECLARED, REASON, withdraws=True),
    "recall for another reason": lambda lake: recalling.recall(lake, SECOND, DECLARED, "it was the gauge of 乙縣"),
}


def _done(act: str, lake: str, point: str) -> int:
    os.environ["LAKEWARD_CRASH_AT"] = point
    try:
        ACTS[act](Lake.at(lake))
    except Exception:  # the test shows it
        traceback.print_exc()
        return 1
    return 0


def main() -> None:
    """Answer until nothing more is asked."""
    for line in sys.stdin:
        child = os.fork()
        if not child:
            os._exit(_done(**json.loads(line)))
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    main()
