"""`lakeward plan`."""

from __future__ import annotations

import click

from lakeward.jobs import options
from lakeward.lake.errors import EXIT_DONE

EXIT_CHANGES = 3


@click.command()
@options.selections
@options.landing
@options.lake
@click.option("--detailed-exitcode", is_flag=True, help=f"Exit with {EXIT_CHANGES} when there is something to do.")
def plan(
    selections: tuple[str, ...], landing: str, lake: str, pipelines: str | None, as_json: bool, detailed_exitcode: bool
) -> int:
    """Show what `run` would do, why, and whom declarations that changed would break. Nothing is written."""
    from lakeward.jobs import contracts
    from lakeward.jobs.extent import extents
    from lakeward.jobs.plan import plan as make_plan
    from lakeward.jobs.report import plan_document, plan_text
    from lakeward.lake.storage import Lake
    from lakeward.pipelines.catalog import declared

    place = Lake.at(lake)
    made = make_plan(place, landing, options.tables(pipelines, selections).values())
    about = extents(place, made)
    breaks = contracts.breaks(place, declared(pipelines))
    if as_json:
        options.show_json({**plan_document(made, about), "breaks": contracts.broken_documents(breaks)})
    else:
        click.echo("\n".join([plan_text(made, about), *contracts.broken_text(breaks)]))
    return EXIT_CHANGES if detailed_exitcode and not made.is_idle else EXIT_DONE
