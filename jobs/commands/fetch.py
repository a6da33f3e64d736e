"""`lakeward fetch`."""

from __future__ import annotations

import click

from lakeward.jobs import options
from lakeward.lake.errors import EXIT_DONE


@click.command()
@options.selections
@options.landing
@options.pipelines
@click.option("--allow-private", is_flag=True, help="Also download from addresses inside your own network.")
@options.as_json
def fetch(selections: tuple[str, ...], landing: str, pipelines: str | None, allow_private: bool, as_json: bool) -> int:
    """Download what declarations name by URL into the landing folder."""
    from lakeward.jobs.fetch import fetch as fetch_tables

    fetched = fetch_tables(options.tables(pipelines, selections).values(), landing, allow_private=allow_private)
    if as_json:
        options.show_json({"schema": "lakeward.fetch/1", "files": [each.document() for each in fetched]})
    else:
        for each in fetched:
            click.echo(each.text())
        click.echo(f"{len(fetched)} addresses asked", err=True)
    return max((each.exit_code for each in fetched), default=EXIT_DONE)
