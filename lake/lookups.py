"""What Python looked up in the JVM, remembered: PySpark asks anew for each function that it calls.

An expression such as `F.trim(F.col(…))` is two calls, and four questions for where `trim` and `col` are. A data set
of twenty columns asks 1,500 of these. `jvm.org.apache.spark` is three questions more, and for each the JVM looks
through all its JARs, as any of these might be a class. py4j answers attributes that an object already has without
asking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py4j.java_gateway import JavaClass, JavaPackage

if TYPE_CHECKING:
    from pyspark import SparkContext

OFTEN = {
    "org.apache.spark.sql.functions": ("functions", "org.apache.spark.sql.functions"),
    "org.apache.spark.sql.api.python.PythonSQLUtils": ("PythonSQLUtils",),
    "org.apache.spark.api.python.PythonUtils": ("PythonUtils",),
    "org.apache.spark.sql.classic.SparkSession": ("SparkSession", "org.apache.spark.sql.classic.SparkSession"),
}
"""Classes, and the names under which PySpark and lakeward ask for them."""
ROOTS = ("io", "java", "org", "scala")
"""Where the names of the other classes begin."""


class _Class(JavaClass):
    """A class whose static members are looked up once."""

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)  # type: ignore[no-untyped-call]
        if callable(found):
            self.__dict__[name] = found
        return found


class _Package(JavaPackage):
    """A package whose packages and classes are looked up once.

    What is not there is told to be a package, and may come with a JAR. So what has a class's name is none.
    """

    def __getattr__(self, name: str) -> Any:
        found = super().__getattr__(name)  # type: ignore[no-untyped-call]
        if isinstance(found, JavaClass):
            found = self.__dict__[name] = _Class(found._fqn, self._gateway_client)  # type: ignore[no-untyped-call]
        elif name[:1].islower():
            known = _Package(found._fqn, self._gateway_client, self._jvm_id)  # type: ignore[no-untyped-call]
            found = self.__dict__[name] = known
        return found


def remember(context: SparkContext) -> None:
    """Have a context's view of the JVM remember what it is asked most often."""
    view: Any = context._jvm
    for fqn, names in OFTEN.items():
        known: Any = _Class(fqn, view._gateway_client)  # type: ignore[no-untyped-call]
        view.__dict__.update(dict.fromkeys(names, known))
    for root in ROOTS:
        view.__dict__[root] = _Package(root, view._gateway_client, view._id)  # type: ignore[no-untyped-call]
