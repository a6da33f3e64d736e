"""`lakeward licences`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@click.option("--all", "is_all", is_flag=True, help="List also data sets of which nothing is left to decide.")
@options.pipelines
@options.as_json
def licences(is_all: bool, pipelines: str | None, as_json: bool) -> None:
    """Show whose terms a person has still to decide: what the agency says, what it was taken as, what rests on it.

    A decision is written beside the declaration and stays in every manifest: docs/releases.md has one.
    """
    from lakeward.jobs import licences as telling
    from lakeward.pipelines.catalog import declared

    told = telling.as_document(declared(pipelines))
    options.show_json(told) if as_json else click.echo(telling.as_text(told, is_all=is_all))
