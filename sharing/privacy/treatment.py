"""Treat personal values on their way into a curated table, and see that values were treated."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lakeward.lake.errors import UsageError
from lakeward.lake.table import Column, Personal
from lakeward.lake.treatment import Generalised, Hashed

if TYPE_CHECKING:
    from pyspark.sql import Column as SparkColumn

KEY = "LAKEWARD_HASH_KEY"
KEY_LENGTH = 32
HASH = "^[0-9a-f]{64}$"
PRECISION = 9
"""Decimals to which steps of numbers are told apart."""


def treated(table: str, column: Column) -> SparkColumn:
    """Give a column as it comes into a curated table: personal values treated as declared, all others as they are.

    Raises:
        UsageError: a column is to be hashed and there is no key, or a short one.
    """
    from pyspark.sql import functions as F

    value, how = F.col(column.name), column.treated if isinstance(column, Personal) else None
    if isinstance(how, Hashed):
        return _hashing(_key(), how.domain or f"{table}.{column.name}")(value.cast("string"))
    if not isinstance(how, Generalised):
        return value
    if column.type in ("date", "timestamp"):
        return F.date_trunc(str(how.to), value)
    if column.type == "string":
        return F.substring(value, 1, int(how.to))
    step = float(how.to)
    return F.round(F.floor(F.round(value / step, PRECISION)) * step, PRECISION)


def untreated(column: Column, values: Any) -> int:
    """Count the values of an Arrow array that are not as the column's treatment leaves them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    how = column.treated if isinstance(column, Personal) else None
    functions: Any = pc
    if isinstance(how, Hashed):
        right = functions.match_substring_regex(values, HASH)
    elif not isinstance(how, Generalised):
        return 0
    elif pa.types.is_temporal(values.type):
        right = functions.equal(functions.floor_temporal(values, unit=how.to), values)
    elif pa.types.is_string(values.type):
        right = functions.less_equal(functions.utf8_length(values), int(how.to))
    else:
        steps = functions.divide(values.cast(pa.float64()), float(how.to))
        right = functions.less(
            functions.abs(functions.subtract(steps, functions.round(steps))), 10.0 ** (3 - PRECISION)
        )
    return int(functions.sum(functions.invert(right)).as_py() or 0)


def _key() -> bytes:
    key = os.environ.get(KEY, "")
    if len(key) < KEY_LENGTH:
        raise UsageError(
            f"{KEY} is {'too short' if key else 'not set'}, and a column is to be hashed with it",
            remedy=f"set it to {KEY_LENGTH} secret characters or more, kept outside the lake: `openssl rand -hex 32`",
        )
    return key.encode()


def _hashing(key: bytes, domain: str) -> Callable[[SparkColumn], SparkColumn]:
    """Hash in Python, as a key in an expression would stand in plans, logs and Spark's web page."""
    import pyarrow as pa
    from pyspark.sql.pandas.functions import arrow_udf

    def batch(values: Any) -> Any:
        return pa.array(
            [None if text is None else _hash(key, domain, text) for text in values.to_pylist()], pa.string()
        )

    batch.__annotations__ = dict.fromkeys(("values", "return"), pa.Array)
    made: Callable[[SparkColumn], SparkColumn] = arrow_udf(batch, "string")  # type: ignore[call-overload]
    return made


def _hash(key: bytes, domain: str, text: str) -> str:
    return hmac.digest(key, f"{domain}\0{text}".encode(), "sha256").hex()
