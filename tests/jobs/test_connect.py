"""A notebook reads a lake through Spark Connect: by name, with the token, and not without."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from itertools import takewhile
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from lakeward.jobs.cli import main

NOTEBOOK = """
import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.remote(sys.argv[1]).getOrCreate()
print(spark.table("gold.town_profile").where("people > 1").count())
"""


def _read(address: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", NOTEBOOK, address], capture_output=True, text=True, check=False, timeout=120
    )


def test_a_notebook_reads_a_gold_table_by_name_and_needs_the_token(tmp_path: Path) -> None:
    lake = tmp_path / "lake"
    write_deltalake(str(lake / "gold" / "town_profile"), pa.table({"town": ["made a", "made b"], "people": [1, 2]}))
    few = {"LAKEWARD_MASTER": "local[1]", "LAKEWARD_DRIVER_MEMORY": "1g", "LAKEWARD_SHUFFLE_PARTITIONS": "1"}
    command = [sys.executable, "-m", "lakeward.jobs.cli", "session", "start", "--lake", str(lake), "--port", "0"]
    with subprocess.Popen([*command, "--json"], env=os.environ | few, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout
            lines = list(takewhile(lambda line: line != "}\n", server.stdout))
            told = json.loads("".join(lines) + "}")
            assert told["tables"] == ["gold.town_profile"]

            read, refused = _read(told["address"]), _read(told["address"].partition(";")[0] + ";token=wrong")

            assert read.stdout == "1\n", read.stderr
            assert refused.returncode != 0 and "UNAUTHENTICATED" in refused.stderr
        finally:
            server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 143


def test_a_port_that_is_taken_is_told_before_spark_starts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        assert main(["session", "start", "--lake", str(tmp_path), "--port", port]) == 2

    assert f"port {port} cannot be had" in capsys.readouterr().err
