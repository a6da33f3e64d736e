"""`lakeward takedown`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TextIO

import click

from lakeward.jobs import options
from lakeward.lake.errors import EXIT_DONE, EXIT_OURS


@click.command()
@click.option(
    "--from", "source", type=click.File("r", "utf-8"), help="Read what to look for from FILE, or - for input."
)
@click.option("--reason", default="", help="Take it down, and keep why: without the person's data.")
@options.landing
@options.lake
@options.master
def takedown(
    source: TextIO | None, reason: str, landing: str, lake: str, pipelines: str | None, as_json: bool,
    master: str | None,
) -> int:  # fmt: skip
    """Take a person's rows out of every place of the lake, for good; without --reason, only say where they stand.

    What to look for (an id, a telephone, a name) is asked for, so that it stands in no shell's history. Rows that hold
    it leave bronze, silver, quarantine and gold with all older versions; releases that hold it are withdrawn, and made
    anew without it. Delivered files are named and not changed: the next run leaves those rows out.
    """
    from lakeward.jobs.takedown import as_text, look, take_down
    from lakeward.pipelines.catalog import declared

    text = source.read().strip() if source else click.prompt("what to look for", hide_input=True, err=True)
    place, tables = options.opened(lake), declared(pipelines)
    told = (
        take_down(place, tables, text, reason, landing, pipelines, master)
        if reason.strip()
        else look(place, tables, text, landing)
    )
    options.show_json({"schema": "lakeward.takedown/1", **asdict(told)}) if as_json else click.echo(as_text(told))
    return EXIT_OURS if told.is_done and told.left else EXIT_DONE
