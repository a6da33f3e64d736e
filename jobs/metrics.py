"""How a lake stands, as Prometheus reads it: the last step of each table, told from `_runs` and the Delta logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from lakeward.lake import delta, runs
from lakeward.lake.costs import Cost
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

COSTS = {
    "lakeward_step_cpu_seconds": ("CPU seconds of all processes that the table's last step took", "cpu_seconds"),
    "lakeward_step_core_hours": ("cores that the table's last step held, by hours", "core_hours"),
    "lakeward_step_scanned_bytes": ("bytes of tables that Spark read for the table's last step", "bytes_scanned"),
    "lakeward_step_written_bytes": ("bytes that the table's last step wrote", "bytes_written"),
    "lakeward_step_shuffled_bytes": ("bytes that the table's last step shuffled", "bytes_shuffled"),
    "lakeward_step_peak_memory_bytes": ("most memory of all processes during the last step", "peak_memory_bytes"),
}
MODELLED = {
    "lakeward_step_energy_joules": ("energy of the table's last step, a range where it is modelled", "energy_joules"),
    "lakeward_step_carbon_grams": ("g CO2e of that energy, a range where it is modelled", "carbon_g"),
}
ENDS = ("low", "mid", "high")


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
        yield from self._costs({table: step.cost for table, step in sorted(last.items()) if step.cost})
        when = GaugeMetricFamily(
            "lakeward_step_start_time_seconds", "when the table's last step began", None, ["table"]
        )
        held = GaugeMetricFamily("lakeward_table_rows", "rows of the table's newest version", None, ["table"])
        for table, step in sorted(last.items()):
            when.add_metric([table], step.started_at.timestamp())
            if (rows := delta.rows_of(self.lake.table(table))) is not None:
                held.add_metric([table], rows)
        yield from (when, held)

    def _costs(self, last: Mapping[str, Cost]) -> Iterator[Metric]:
        """Give what last steps cost; what is modelled has a sample for each end of its range, labelled `bound`."""
        from prometheus_client.metrics_core import GaugeMetricFamily

        for name, (about, field) in COSTS.items():
            gauge = GaugeMetricFamily(name, about, labels=["table"])
            for table, cost in last.items():
                gauge.add_metric([table], getattr(cost, field))
            yield gauge
        for name, (about, field) in MODELLED.items():
            gauge = GaugeMetricFamily(name, about, labels=["table", "bound", "method"])
            for table, cost in last.items():
                if found := getattr(cost, field):
                    for end in ENDS:
                        gauge.add_metric([table, end, cost.energy_method], getattr(found, end))
            yield gauge


def exposition(lake: Lake) -> str:
    """Give the text that Prometheus, or node_exporter's textfile collector, reads."""
    from prometheus_client import CollectorRegistry, generate_latest

    registry = CollectorRegistry()
    registry.register(Standing(lake))
    return generate_latest(registry).decode()
