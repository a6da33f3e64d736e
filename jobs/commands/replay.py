"""`lakeward replay`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@options.selections
@options.lake
@options.master
@options.notify
def replay(
    selections: tuple[str, ...], lake: str, pipelines: str | None, as_json: bool, master: str | None, notify: str | None
) -> int:
    """Judge again what lies in the lake, after a rule or a correction was changed.

    Rows in quarantine that now pass come into silver, once; rows that no longer pass leave it. Nothing new is looked
    for in the landing zone. Where no declaration changed, nothing is done.
    """
    from lakeward.jobs.notify import address, tell
    from lakeward.jobs.report import as_document, as_text
    from lakeward.jobs.run import run as run_tables

    place = address(notify) if notify else None
    options.opened(lake)
    report = run_tables(lake, None, selections, own=pipelines, master=master)
    if place:
        tell(place, report.lake, report.run_id, report.steps)
    options.show_json(as_document(report)) if as_json else click.echo(as_text(report))
    return report.exit_code
