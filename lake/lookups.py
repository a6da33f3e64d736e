"""What Python looked up in the JVM, remembered: PySpark asks anew for each function that it calls.

An expression such as `F.trim(F.col(…))` is two calls, and four questions for where `trim` and `col` are. A data set
of twenty columns asks 1,500 of these. py4j answers attributes that an object already has without asking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py4j.java_gateway import JavaClass

if TYPE_CHECKING:
    from pyspark import SparkContext

OFTEN = {
    "org.apache.spark.sql.functions": ("functions", "org.apache.spark.sql.functions"),
    "org.apache.spark.api.python.PythonUtils": ("PythonUtils",),
    "org.apache.spark.sql.classic.SparkSession": ("SparkSession",),
}
"""Classes, and the names under which PySpark and lakeward ask for them."""


class _Remembering(JavaClass):
    """A class whose static members are looked up once."""

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)  # type: ignore[no-untyped-call]
        if callable(found):
            self.__dict__[name] = found
        return found


def remember(context: SparkContext) -> None:
    """Have a context's view of the JVM remember what it is asked most often."""
    view: Any = context._jvm
    for fqn, names in OFTEN.items():
        known: Any = _Remembering(fqn, view._gateway_client)  # type: ignore[no-untyped-call]
        view.__dict__.update(dict.fromkeys(names, known))
