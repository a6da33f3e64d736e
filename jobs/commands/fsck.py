"""`lakeward fsck`."""

from __future__ import annotations

import click

from lakeward.jobs import options
from lakeward.lake.errors import EXIT_DATA, EXIT_DONE


@click.command()
@options.selections
@options.lake
@click.option("--quick", is_flag=True, help="Look only whether files are there and at their sizes; read no content.")
@click.option("--repair", is_flag=True, help="Mark damaged silver and gold tables, to be made again by the next run.")
def fsck(
    selections: tuple[str, ...], lake: str, pipelines: str | None, as_json: bool, quick: bool, repair: bool
) -> int:
    """Prove that every file of the lake is there and whole: live versions, releases, checksums.

    Exits with 65 when something is damaged or gone. Nothing is written but by --repair.
    """
    from lakeward.jobs import fsck as checking
    from lakeward.lake.audit import audit
    from lakeward.lake.storage import Lake

    place = Lake.at(lake)
    found = audit(place, checking.tables_of(options.tables(pipelines, selections).values()), reads=not quick)
    marked = checking.repair(place, found.faults) if repair else []
    if as_json:
        options.show_json(checking.as_document(found, marked))
    else:
        click.echo(checking.as_text(found, marked))
    return EXIT_DATA if found.faults else EXIT_DONE
