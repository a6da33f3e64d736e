"""Brings assets up to date with Dagster, in its environment: `python by_dagster.py LAKEWARD OWN LANDING LAKE [ASSET…]`."""

import json
import shlex
import sys

import dagster as dg

from lakeward.jobs.orchestrators.dagster import assets

if __name__ == "__main__":
    lakeward, own, landing, lake, *wanted = sys.argv[1:]
    tables = ("faults.rain", "gold.faults_daily")
    made = assets(*tables, landing=landing, lake=lake, pipelines=own, command=shlex.split(lakeward))
    done = dg.materialize([made], selection=wanted or None, raise_on_error=False)
    told = {
        "asked": {
            spec.key.to_user_string(): sorted(dep.asset_key.to_user_string() for dep in spec.deps)
            for spec in made.specs
        },
        "is_done": done.success,
        "made": {
            event.asset_key.to_user_string(): {
                name: value.value for name, value in event.step_materialization_data.materialization.metadata.items()
            }
            for event in done.get_asset_materialization_events()
        },
        "why": [event.step_failure_data.user_failure_data.description for event in done.get_step_failure_events()],
    }
    sys.stdout.write("\n" + json.dumps(told))
