"""Settings of a session for a while."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@contextmanager
def tuned(spark: SparkSession, conf: Mapping[str, str]) -> Iterator[None]:
    """Change settings in the block, and put them back at its end.

    Args:
        spark: the session; nothing else may rest on these settings meanwhile.
        conf: their values.
    """
    before = {name: spark.conf.get(name, None) for name in conf}
    try:
        for name, value in conf.items():
            spark.conf.set(name, value)
        yield
    finally:
        for name, old in before.items():
            spark.conf.set(name, old) if old is not None else spark.conf.unset(name)
