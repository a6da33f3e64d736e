"""`lakeward runs`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@options.lake
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many steps to show.")
def runs(lake: str, pipelines: str | None, as_json: bool, limit: int) -> None:
    """Show past runs, the newest first: rows read, written, quarantined and why."""
    from lakeward.jobs.report import steps_document, steps_text
    from lakeward.lake import runs as records

    steps = records.steps(options.opened(lake))[:limit]
    options.show_json(steps_document(steps)) if as_json else click.echo(steps_text(steps))
