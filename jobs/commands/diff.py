"""`lakeward diff`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@click.argument("branch")
@options.selections
@options.lake
def diff(branch: str, selections: tuple[str, ...], lake: str, pipelines: str | None, as_json: bool) -> None:
    """Compare a BRANCH of the lake with main: columns, rows added, changed and removed by key, rules."""
    from lakeward.jobs.comparing import as_document, as_text, compare
    from lakeward.lake.branches import Branch

    found = compare(Branch(options.existing(lake), branch), options.tables(pipelines, selections))
    options.show_json(as_document(branch, found)) if as_json else click.echo(as_text(branch, found))
