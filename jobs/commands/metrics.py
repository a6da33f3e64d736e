"""`lakeward metrics`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@options.root
def metrics(lake: str) -> None:
    """Print how each table's last step went, for Prometheus.

    Let cron write it to a file that node_exporter's textfile collector reads: `lakeward metrics > lakeward.prom`.
    """
    from lakeward.jobs.metrics import exposition
    from lakeward.lake.storage import Lake

    click.echo(exposition(Lake.at(lake)), nl=False)
