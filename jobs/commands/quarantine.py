"""`lakeward quarantine`."""

from __future__ import annotations

from typing import Any

import click

from lakeward.jobs import options


@click.command()
@click.argument("table", required=False, shell_complete=options.names)
@options.landing
@options.lake
@click.option("--limit", type=click.IntRange(0), default=3, show_default=True, help="Rows to show of each reason.")
@click.option("--reason", default="", help="Only rows whose reason holds this text, English or Chinese.")
@click.option("--file", default="", help="Only rows of this file; a pattern is allowed.")
@click.option("--pack", "to", metavar="FILE", help="Write the rows for the agency to FILE.xlsx or FILE.csv.")
def quarantine(table: str | None, landing: str, lake: str, pipelines: str | None, as_json: bool, **asked: Any) -> None:
    """Show refused rows by reason, or write them to one file for the agency; without TABLE, list where rows lie.

    A row with several reasons counts under each. --landing is where a pack looks for the files, to tell each row's
    bytes. In a CSV pack, cells that a spreadsheet would take for a formula get an apostrophe before them.
    """
    from lakeward.jobs.quarantine import answer
    from lakeward.pipelines.catalog import declared

    document, text = answer(options.opened(lake), declared(pipelines), table, landing=landing, **asked)
    options.show_json(document) if as_json else click.echo(text)
