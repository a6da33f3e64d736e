"""`lakeward contracts`."""

from __future__ import annotations

from pathlib import Path

import click

from lakeward.jobs import options


@click.command()
@click.option("--add", type=click.Path(path_type=Path), metavar="FILE", help="Register a contract: a TOML file.")
@options.lake
def contracts(add: Path | None, lake: str, pipelines: str | None, as_json: bool) -> None:
    """Show who relies on which columns, and whom the declarations of today would break.

    A contract names `consumer`, `contact` and, for each table, the `columns` it relies on: docs/releases.md has one.
    `lakeward plan` tells the same of what it looks at.
    """
    from lakeward.jobs import contracts as registering
    from lakeward.pipelines.catalog import declared

    place = options.existing(lake) if add else options.opened(lake)
    if add:
        registering.register(place, add)
    told = registering.as_document(place, declared(pipelines))
    options.show_json(told) if as_json else click.echo(registering.as_text(told))
