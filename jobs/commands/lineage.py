"""`lakeward lineage`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@click.argument("name", metavar="TABLE[.COLUMN]", shell_complete=options.names)
@options.lake
def lineage(name: str, lake: str, pipelines: str | None, as_json: bool) -> None:
    """Trace columns back to the agencies' columns and files, from the plans that Spark really ran."""
    from lakeward.pipelines.catalog import declared, find
    from lakeward.sharing.reader import lineage as tracing

    tables = declared(pipelines)
    table, dot, column = name.removeprefix("silver.").rpartition(".")
    found = find(tables, table if dot in table else name)
    place = options.opened(lake)
    origins = tracing.lineage_of(place, found, column if dot in table else None)
    options.show_json(tracing.as_document(place, found, origins)) if as_json else click.echo(
        tracing.as_text(place, origins)
    )
