"""Properties that Delta tables are to have, also those that were made before anyone asked for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from lakeward.lake import delta

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

FED = {"delta.enableChangeDataFeed": "true"}
"""What tells readers how rows changed. An overwrite writes no more for it: what it adds and removes is the change."""


def ensured(spark: SparkSession, path: Path, wanted: Mapping[str, str]) -> dict[str, str]:
    """Give the options by which a write makes a table with these properties; one that is there is given them now.

    Args:
        spark: the session.
        path: the table's folder.
        wanted: the properties.
    """
    held = delta.opened(path)
    if held is None:
        return dict(wanted)
    if not wanted.items() <= held.metadata().configuration.items():
        told = ", ".join(f"'{name}' = '{value}'" for name, value in wanted.items())
        spark.sql(f"ALTER TABLE delta.`{path}` SET TBLPROPERTIES ({told})")
    return {}
