"""`lakeward privacy`."""

from __future__ import annotations

import click

from lakeward.jobs import options
from lakeward.lake.errors import EXIT_DONE, EXIT_QUALITY


@click.command()
@options.table
@options.lake
def privacy(table: str, lake: str, pipelines: str | None, as_json: bool) -> int:
    """Show what a gold table would tell of persons: classes, what its values look like, small groups, changes.

    Exits with 66 when it may not be published.
    """
    from lakeward.jobs.privacy import risk_document, risk_text
    from lakeward.pipelines.catalog import declared, find

    told = risk_document(options.opened(lake), find(declared(pipelines), table))
    options.show_json(told) if as_json else click.echo(risk_text(told))
    return EXIT_DONE if told["may_be_published"] else EXIT_QUALITY
