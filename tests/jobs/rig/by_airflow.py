"""Runs lakeward's operator with Airflow, in its environment: `python by_airflow.py LAKEWARD OWN LANDING LAKE`."""

import json
import shlex
import sys
from datetime import UTC, datetime

from airflow.sdk import DAG
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from lakeward.jobs.orchestrators.airflow import LakewardRunOperator

if __name__ == "__main__":
    lakeward, own, landing, lake = sys.argv[1:]
    with DAG("lakeward", schedule=None, start_date=datetime(2026, 1, 1, tzinfo=UTC)):
        task = LakewardRunOperator(
            task_id="run",
            selections=["gold.faults_daily"],
            landing=landing,
            lake="{{ params.lake }}",
            pipelines=own,
            command=shlex.split(lakeward),
        )
    task.render_template_fields({"params": {"lake": lake}})
    told: dict[str, object] = {"tables": None, "failed": ""}
    try:
        told["tables"] = task.execute({})
    except AirflowException as error:
        told["failed"] = f"{'for good' if isinstance(error, AirflowFailException) else 'for now'}: {error}"
    sys.stdout.write("\n" + json.dumps(told))
