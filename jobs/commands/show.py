"""`lakeward show`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@options.table
@options.lake
@click.option("--rows", type=click.IntRange(0), default=5, show_default=True, help="How many rows to show.")
@click.option(
    "--as-known-on", metavar="DATE", help="A gold table's rows as they were known: 2026-03-01 is its end, UTC."
)
def show(table: str, lake: str, pipelines: str | None, as_json: bool, rows: int, as_known_on: str | None) -> None:
    """Show one table: titles, columns, deliveries, quarantine, release and first rows."""
    from lakeward.jobs.show import show_document, show_text, vintage_document
    from lakeward.pipelines.catalog import declared, find

    place, declaration = options.opened(lake), find(declared(pipelines), table)
    if as_known_on:
        shown = vintage_document(place, declaration, as_known_on, rows)
    else:
        shown = show_document(place, declaration, rows)
    options.show_json(shown) if as_json else click.echo(show_text(shown))
