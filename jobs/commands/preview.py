"""`lakeward preview`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@options.table
@click.option("--where", default="", metavar="SQL", help="Take these rows of each input that has the columns.")
@click.option("--rows", type=click.IntRange(0), default=20, show_default=True, help="How many rows to show.")
@options.master
@options.lake
def preview(
    table: str, where: str, rows: int, master: str | None, lake: str, pipelines: str | None, as_json: bool
) -> int:
    """Run a gold TABLE's function on a slice of the lake and show what comes out; nothing is written.

    Exit codes: 0 its rules hold, 66 one that would refuse it is broken.
    """
    from lakeward.jobs.preview import as_document, as_text
    from lakeward.jobs.preview import preview as run_preview
    from lakeward.lake.errors import EXIT_DONE, EXIT_QUALITY
    from lakeward.pipelines.catalog import declared, find

    place = options.existing(lake)
    with place.store.explained(lake):
        seen = run_preview(place, find(declared(pipelines), table), where, rows, master)
    options.show_json(as_document(seen)) if as_json else click.echo(as_text(seen))
    return EXIT_QUALITY if seen.failures else EXIT_DONE
