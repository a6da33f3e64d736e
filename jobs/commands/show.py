"""`lakeward show`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@options.table
@options.lake
@click.option("--rows", type=click.IntRange(0), default=5, show_default=True, help="How many rows to show.")
def show(table: str, lake: str, pipelines: str | None, as_json: bool, rows: int) -> None:
    """Show one table: titles, columns, deliveries, quarantine, release and first rows."""
    from lakeward.jobs.show import show_document, show_text
    from lakeward.pipelines.catalog import declared, find

    shown = show_document(options.opened(lake), find(declared(pipelines), table), rows)
    options.show_json(shown) if as_json else click.echo(show_text(shown))
