"""`lakeward ls`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@options.selections
@options.lake
def ls(selections: tuple[str, ...], lake: str, pipelines: str | None, as_json: bool) -> None:
    """List tables: what they are, how many rows they hold, how their last run went."""
    from lakeward.jobs.show import list_document, list_text

    listed = list_document(options.opened(lake), options.tables(pipelines, selections))
    options.show_json(listed) if as_json else click.echo(list_text(listed))
