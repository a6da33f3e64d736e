"""`lakeward suite`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@options.table
@options.pipelines
def suite(table: str, pipelines: str | None) -> None:
    """Print a table's suite as the JSON file that Great Expectations 1.x reads."""
    from lakeward.pipelines.catalog import declared, find
    from lakeward.quality.across import is_across
    from lakeward.quality.gx_json import suite_json

    found = find(declared(pipelines), table)
    options.show_json(suite_json(found.table, [each for each in found.suite if not is_across(each)]))
    if left := sum(map(is_across, found.suite)):
        click.echo(
            f"{left} expectations across tables are not in it: Great Expectations has no words for them", err=True
        )
