"""A bounded share of `make faults`: seeded faults on Ceph; each prints its seed, and may be run again alone by it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from stores import ROOT, Store

SEED = os.environ.get("LAKEWARD_FAULTS_SEED", "3737")
FAULTS = os.environ.get("LAKEWARD_CLUSTER_FAULTS", "200")
SUMMARY = re.compile(r"^seed \d+: (\d+) faults in \d+ trials, (\d+) of them in a write: .*", re.M)
INSIDE = 0.2


def test_nothing_is_lost_doubled_or_half_visible_and_the_next_run_heals(
    cluster: Store, record_property: Callable[[str, Any], None]
) -> None:
    command = [sys.executable, str(ROOT / "tests" / "faults"), "--seed", SEED, "--faults", FAULTS]

    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False, timeout=1800)

    print(done.stdout)
    summary = SUMMARY.search(done.stdout)
    assert summary, "the trials did not come to their end"
    record_property("told", f"seeded faults: {summary[0]}")
    assert done.returncode == 0
    assert int(summary[1]) >= int(FAULTS) and int(summary[2]) >= INSIDE * int(summary[1])
