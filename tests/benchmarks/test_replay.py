"""Tasks replayed on more cores than they were measured on."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
import replay


def test_tasks_are_taken_as_cores_become_free() -> None:
    stages = [(4.0, 1.0, 1.0, 2.0), (3.0,)]
    assert replay.replayed(stages, 1) == 11
    assert replay.replayed(stages, 2) == 7  # 4 beside 1 + 1 + 2, then 3 alone
    assert replay.replayed(stages, 2, times=2) == 8 + 3
    assert replay.replayed(stages, 100) == 7


def test_the_model_is_the_replay_where_work_divides_evenly() -> None:
    even = [(1.0,) * 8, (2.0,) * 4]
    assert replay.modelled(even, 4) == replay.replayed(even, 4) == 4
    uneven = [(5.0, 1.0, 1.0)]
    assert replay.modelled(uneven, 2) == replay.replayed(uneven, 2) == 5
    assert replay.modelled(uneven, 3, times=30) == pytest.approx(replay.replayed(uneven, 3, times=30), rel=0.1)


def test_a_log_tells_tasks_and_when_none_ran(tmp_path: Path) -> None:
    events = [
        {"Event": "SparkListenerApplicationStart", "Timestamp": 1000},
        _task(0, 2000, 4000),
        _task(0, 3000, 5000),
        _task(1, 7000, 8000),
        {"Event": "SparkListenerApplicationEnd", "Timestamp": 11000},
    ]
    log = tmp_path / "log.zstd"
    with pa.output_stream(str(log), compression="zstd") as stream:
        stream.write("\n".join(map(json.dumps, events)).encode())
    found = replay.recorded(log)
    assert found == replay.Recorded(((2.0, 2.0), (1.0,)), 10.0, 6.0)
    assert found.task_s == 5


def test_a_log_without_a_task_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "log.zstd"
    with pa.output_stream(str(log), compression="zstd") as stream:
        stream.write(b'{"Event": "SparkListenerApplicationStart", "Timestamp": 1}')
    with pytest.raises(ValueError, match="no task"):
        replay.recorded(log)


def _task(stage: int, begin: int, end: int) -> dict[str, object]:
    times = {"Launch Time": begin, "Finish Time": end}
    return {"Event": "SparkListenerTaskEnd", "Stage ID": stage, "Task Info": times}
