"""`lakeward run` as an operator of Airflow 3."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from airflow.sdk import BaseOperator
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from lakeward.jobs.orchestrators.process import LAKEWARD, Run


class LakewardRunOperator(BaseOperator):
    """Brings tables up to date; gives each table's outcome and version to the tasks after it.

    Args:
        selections: tables or patterns, by default all; templated.
        landing: the landing root; templated.
        lake: the lake; templated.
        pipelines: a folder or package of declarations beside lakeward's; templated.
        options: more words for `lakeward run`, as `--master`, `yarn`; templated.
        command: how lakeward is called, by default in Airflow's own Python; `["/…/bin/lakeward"]` where it has its own.

    A file or rows that were refused fail the task for good (exit codes 65, 66), since trying again changes nothing;
    what may go well later (75), or was our fault (70), is left to the task's `retries`.
    """

    template_fields: Sequence[str] = ("selections", "landing", "lake", "pipelines", "options")

    def __init__(
        self,
        *,
        landing: str,
        lake: str,
        selections: Sequence[str] = (),
        pipelines: str | None = None,
        options: Sequence[str] = (),
        command: Sequence[str] = LAKEWARD,
        **task: Any,
    ) -> None:
        super().__init__(**task)
        self.selections = selections
        self.landing = landing
        self.lake = lake
        self.pipelines = pipelines
        self.options = options
        self.command = command
        self._run: Run | None = None

    def execute(self, context: Any) -> dict[str, dict[str, Any]]:
        """Run, and give each table's outcome, version and release.

        Raises:
            AirflowFailException: something was refused, or asked wrongly.
            AirflowException: it may go well later.
        """
        self._run = Run(self.selections, self.landing, self.lake, self.pipelines, self.options, self.command)
        ended = self._run.ended()
        if ended.is_done:
            return {
                step["table_name"]: {
                    "outcome": step["outcome"],
                    "version": step["version_after"],
                    "release": step["release"],
                }
                for step in ended.steps
            }
        raise (AirflowException if ended.is_worth_a_retry else AirflowFailException)(ended.why)

    def on_kill(self) -> None:
        """End the run when Airflow ends the task; it leaves nothing half done."""
        if self._run:
            self._run.stop()
