"""Spark's own event logs, kept in the lake where they are asked for, for Spark's history server."""

from __future__ import annotations

from collections.abc import Mapping

from lakeward.lake.session import settings
from lakeward.lake.storage import Lake

README = """\
Spark's event logs of lakeward's runs (LAKEWARD_EVENT_LOG=1). To look at them: SPARK_HISTORY_OPTS=
"-Dspark.history.fs.logDirectory={folder}" sbin/start-history-server.sh
"""


def event_log(lake: Lake) -> Mapping[str, str]:
    """Give the settings that have a session write its events to `<lake>/_logs/spark`; none where that is not asked for.

    Spark wants the folder to be there, which in an object store means that a file lies in it.
    """
    if not settings().event_log:
        return {}
    folder = lake.root / "_logs" / "spark"
    if not (readme := folder / "README.txt").exists():
        lake.store.replace(readme, README.format(folder=folder))
    return {
        "spark.eventLog.enabled": "true",
        "spark.eventLog.dir": folder.as_uri() if not lake.store.is_shared else str(folder),
        "spark.eventLog.compress": "true",
        "spark.eventLog.rolling.enabled": "false",  # one file a run, which stores show when it is whole
    }
