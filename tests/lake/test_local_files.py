"""What Spark makes in a folder has the rights that Hadoop gives it, though no program is started to set them."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from pyspark.sql import SparkSession


def _rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_and_folders_have_the_rights_of_hadoops_mask(spark: SparkSession, tmp_path: Path) -> None:
    spark.range(3).write.format("delta").save(str(tmp_path / "table"))

    made = [tmp_path / "table", *(tmp_path / "table").rglob("*")]
    assert {_rights(path) for path in made if path.is_dir()} == {0o755}
    assert {_rights(path) for path in made if path.is_file()} == {0o644}


@pytest.mark.parametrize("rights", [0o640, 0o700, 0o1777])
def test_rights_that_are_asked_for_are_set(rights: int, spark: SparkSession, tmp_path: Path) -> None:
    jvm: Any = spark._jvm
    hadoop = jvm.org.apache.hadoop.fs
    folder = hadoop.Path(str(tmp_path))
    files = folder.getFileSystem(spark.sparkContext._jsc.hadoopConfiguration())

    files.setPermission(folder, hadoop.permission.FsPermission(f"{rights:o}"))

    assert files.getClass().getName() == "io.lakeward.files.LocalFiles"
    assert _rights(tmp_path) == rights
