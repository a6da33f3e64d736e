"""`lakeward run`."""

from __future__ import annotations

import sys

import click

from lakeward.jobs import options


@click.command()
@options.selections
@options.landing
@options.lake
@options.master
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but errors.")
@click.option("--docs", is_flag=True, help="Make Great Expectations' Data Docs at the end.")
@options.notify
def run(
    selections: tuple[str, ...], landing: str, lake: str, pipelines: str | None, as_json: bool, master: str | None,
    quiet: bool, docs: bool, notify: str | None,
) -> int:  # fmt: skip
    """Bring tables up to date: ingest, validate, curate, publish.

    What is up to date is left alone; a run with nothing new starts no JVM. Exit codes: 0 done, 2 asked wrongly, 65 a
    file cannot be used, 66 too many rows were refused, 70 our fault, 75 try again later.
    """
    from lakeward.jobs.notify import address, tell
    from lakeward.jobs.progress import observer
    from lakeward.jobs.report import as_document, as_text
    from lakeward.jobs.run import run as run_tables

    place = address(notify) if notify else None
    with observer(is_shown=not (quiet or as_json) and sys.stderr.isatty()) as watching:
        report = run_tables(lake, landing, selections, own=pipelines, master=master, observer=watching)
    if place:
        tell(place, report.lake, report.run_id, report.steps)
    if docs:
        from lakeward.quality import data_docs

        data_docs.build(report.lake)
    if as_json:
        options.show_json(as_document(report))
    elif not quiet:
        click.echo(as_text(report))
    return report.exit_code
