"""What a commit says that it did, in Delta's own form: the one place that knows the signature of its `Write`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any


def write(jvm: Any, mode: str, partition_by: Sequence[str], where: Any, note: str, may: Collection[str]) -> Any:
    """Give the operation of a write, as `WriteIntoDelta` tells it.

    Args:
        jvm: the view of the JVM.
        mode: Spark's save mode, `append` or `overwrite`.
        partition_by: the partition columns that were asked for.
        where: the `Option` of what `replaceWhere` says.
        note: what the commit is made from.
        may: what the writer may do to the columns: `overwriteSchema`, `mergeSchema`.
    """
    some, none = jvm.scala.Option.apply, jvm.scala.Option.empty()
    can_overwrite, can_merge = (some(True) if name in may else none for name in ("overwriteSchema", "mergeSchema"))
    save_mode = getattr(jvm.org.apache.spark.sql.SaveMode, mode.capitalize())
    columns = some(jvm.PythonUtils.toSeq(list(partition_by)))
    return getattr(jvm.org.apache.spark.sql.delta, "DeltaOperations$Write")(
        save_mode, columns, where, some(note), none, can_overwrite, can_merge, none, none
    )
