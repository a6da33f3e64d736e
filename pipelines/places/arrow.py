"""Functions on Arrow arrays as functions of Spark columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import Column


def on_columns(work: Callable[[Any, Any], Any], shape: str) -> Callable[[Column, Column], Column]:
    """Let a function of two Arrow arrays take two Spark columns, a batch at a call.

    Args:
        work: gives a struct array as long as its arguments.
        shape: the fields of the struct and their Spark types.
    """
    import pyarrow as pa
    from pyspark.sql.pandas.functions import arrow_udf

    def batch(first: Any, second: Any) -> Any:
        return work(first, second)

    # Spark tells from the hints that whole arrays are meant; as text (PEP 563) it cannot resolve ours.
    batch.__annotations__ = dict.fromkeys(("first", "second", "return"), pa.Array)
    made: Callable[[Column, Column], Column] = arrow_udf(batch, shape)  # type: ignore[call-overload]
    return made
