"""Two processes must not write one local lake; a dead one must not stand in the way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

import pytest

from lakeward.lake import lease as leases
from lakeward.lake.errors import TryAgainLater
from lakeward.lake.lease import Lease
from lakeward.lake.process import Process
from lakeward.lake.storage import Lake

HOLD = """
import sys, time
from lakeward.lake.lease import Lease
from lakeward.lake.storage import Lake
with Lease(Lake.at(sys.argv[1]), "run made.things"):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def _held_elsewhere(lake: Lake) -> Iterator[subprocess.Popen[str]]:
    lake.make()
    code = [sys.executable, "-c", HOLD, str(lake.root)]
    with subprocess.Popen(code, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout
            assert holder.stdout.readline() == "held\n"
            yield holder
        finally:
            holder.kill()


def test_a_second_process_is_told_who_holds_the_lake_and_a_killed_holder_does_not_block(lake: Lake) -> None:
    with _held_elsewhere(lake) as holder:
        with pytest.raises(TryAgainLater) as refused, Lease(lake, "run"):
            pass
        assert f"process {holder.pid}" in refused.value.problem
        assert refused.value.facts["doing"] == "run made.things"
        assert refused.value.facts["since"]
        assert refused.value.exit_code == 75
        assert "run again" in refused.value.remedy

        holder.send_signal(signal.SIGKILL)
        holder.wait()

    began = time.monotonic()
    with Lease(lake, "run"):
        assert json.loads((lake.root / "_lease").read_text("utf-8"))["pid"] == os.getpid()
    assert time.monotonic() - began < 5


def test_a_run_that_ends_leaves_the_lake_free_also_when_it_fails(lake: Lake) -> None:
    lake.make()

    with pytest.raises(ValueError, match="ours"), Lease(lake, "run"):
        raise ValueError("ours")
    with Lease(lake, "again"):
        pass

    assert (lake.root / "_lease").read_text("utf-8") == ""


def test_two_runs_of_one_process_exclude_each_other(lake: Lake) -> None:
    lake.make()

    with Lease(lake, "first"), pytest.raises(TryAgainLater, match="is being written"), Lease(lake, "second"):
        pass


def test_a_dead_drivers_jvm_is_waited_for(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    lake.make()
    monkeypatch.setattr(leases, "DYING_SECONDS", 0.3)
    with subprocess.Popen(["sleep", "60"]) as jvm:
        note = {"pid": 1, "jvm": asdict(Process.of(jvm.pid))}
        (lake.root / "_lease").write_text(json.dumps(note), "utf-8")
        try:
            with pytest.raises(TryAgainLater, match=f"process {jvm.pid} of an earlier run"), Lease(lake, "run"):
                pass
        finally:
            jvm.kill()

    with Lease(lake, "run"):  # the same note, and nobody behind it
        pass


@pytest.mark.parametrize("rubbish", ["", "{", "[]", '{"jvm": {"pid": 1, "started": "0"}}', '{"jvm": null}'])
def test_a_torn_note_of_a_dead_holder_does_not_block(lake: Lake, rubbish: str) -> None:
    lake.make()
    (lake.root / "_lease").write_text(rubbish, "utf-8")

    with Lease(lake, "run") as held:
        held.tell_jvm(os.getpid())
        assert json.loads((lake.root / "_lease").read_text("utf-8"))["jvm"]["pid"] == os.getpid()
