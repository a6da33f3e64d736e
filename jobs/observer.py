"""Who is told how a run goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from lakeward.jobs.plan import Plan
from lakeward.lake.runs import Step

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


class Observer(Protocol):
    """Who is told how a run goes on."""

    def waiting(self, why: str) -> None:
        """Say that another process has to end first."""

    def planned(self, plan: Plan, run_id: str) -> None:
        """Say what will be done."""

    def session(self, spark: SparkSession) -> None:
        """Say that Spark is up."""

    def begun(self, table: str, what: str) -> None:
        """Say what is being done to a table."""

    def done(self, step: Step) -> None:
        """Say what became of a table."""

    def ended(self, exit_code: int) -> None:
        """Say that every table is done."""


class Silent:
    """Is told and says nothing."""

    def waiting(self, why: str) -> None:
        """Say nothing."""

    def planned(self, plan: Plan, run_id: str) -> None:
        """Say nothing."""

    def session(self, spark: SparkSession) -> None:
        """Say nothing."""

    def begun(self, table: str, what: str) -> None:
        """Say nothing."""

    def done(self, step: Step) -> None:
        """Say nothing."""

    def ended(self, exit_code: int) -> None:
        """Say nothing."""
