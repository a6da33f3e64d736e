"""How a lake stands, as Prometheus reads it: the last step of each table, told from `_runs` and the Delta logs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lakeward.lake import delta, runs
from lakeward.lake.storage import Lake

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

GAUGES = {
    "lakeward_step_exit_code": ("exit code of the table's last step; 0 is well", "exit_code"),
    "lakeward_step_duration_seconds": ("seconds that the table's last step took", "seconds"),
    "lakeward_step_read_bytes": ("bytes that the table's last step read from the landing zone", "bytes_read"),
    "lakeward_step_read_rows": ("rows that the table's last step read", "rows_read"),
    "lakeward_step_written_rows": ("rows that the table's last step wrote", "rows_written"),
    "lakeward_step_quarantined_rows": ("rows that the table's last step set aside", "rows_quarantined"),
}


class Standing:
    """What Prometheus collects of one lake."""

    def __init__(self, lake: Lake) -> None:
        self.lake = lake

    def collect(self) -> Iterator[Metric]:
        """Give each gauge with a sample a table, labelled `table`."""
        from prometheus_client.metrics_core import GaugeMetricFamily

        last = {step.table_name: step for step in reversed(runs.steps(self.lake))}
        for name, (about, field) in GAUGES.items():
            gauge = GaugeMetricFamily(name, about, labels=["table"])
            for table, step in sorted(last.items()):
                gauge.add_metric([table], getattr(step, field))
            yield gauge
        when = GaugeMetricFamily(
            "lakeward_step_start_time_seconds", "when the table's last step began", None, ["table"]
        )
        held = GaugeMetricFamily("lakeward_table_rows", "rows of the table's newest version", None, ["table"])
        for table, step in sorted(last.items()):
            when.add_metric([table], step.started_at.timestamp())
            if (rows := delta.rows_of(self.lake.table(table))) is not None:
                held.add_metric([table], rows)
        yield from (when, held)


def exposition(lake: Lake) -> str:
    """Give the text that Prometheus, or node_exporter's textfile collector, reads."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(Standing(lake))
    return generate_latest(registry).decode()
