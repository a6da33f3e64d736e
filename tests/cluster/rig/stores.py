"""The cluster as the tests see it: its commands, its store, and what a JVM needs to commit there."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from lakeward.lake import jars, logstore
from lakeward.lake.s3 import S3

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


def ceph_dev(*arguments: str) -> str:
    """Run a command of the dev cluster and give what it printed."""
    command = [sys.executable, str(ROOT / "deploy" / "ceph-dev"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        raise AssertionError(f"ceph-dev {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


@dataclass(frozen=True)
class Store:
    """The cluster's S3 gateway, and a folder in its bucket that no other test uses."""

    endpoint: str
    bucket: str
    prefix: str
    client: Any

    @property
    def uri(self) -> str:
        return f"s3a://{self.bucket}/{self.prefix}"

    def names(self, folder: str) -> list[str]:
        """List the keys of a folder, without the folder."""
        prefix, told = f"{self.prefix}/{folder}/", []
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=prefix):
            told += [each["Key"].removeprefix(prefix) for each in page.get("Contents", ())]
        return [name for name in told if name]  # without the marker of the folder itself

    def read(self, name: str) -> str:
        """Read an object of the folder."""
        told = self.client.get_object(Bucket=self.bucket, Key=f"{self.prefix}/{name}")
        return cast(str, told["Body"].read().decode())


def class_path(folder: Path) -> str:
    """Give what a JVM without Spark needs to commit: the JARs, and S3A's settings. The keys are in the environment."""
    told = "".join(
        f"<property><name>{name.removeprefix('spark.hadoop.')}</name><value>{value}</value></property>"
        for name, value in S3.from_environment().for_spark().items()
    )
    (folder / "core-site.xml").write_text(f"<configuration>{told}</configuration>", "utf-8")
    (folder / "log4j2.properties").write_text("rootLogger.level = off\n", "utf-8")
    ours = [logstore.jar(), *jars.paths(jars.DELTA), *jars.paths(jars.S3A)]
    return os.pathsep.join(map(str, (folder, *ours, jars.spark_home() / "jars" / "*")))
