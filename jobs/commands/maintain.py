"""`lakeward maintain`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@options.selections
@options.lake
@options.master
@click.option("--dry-run", is_flag=True, help="Say what would be done; write nothing.")
@click.option(
    "--retain-hours", type=click.IntRange(0), default=168, show_default=True,
    help="How long to keep files of older versions, for readers and for `restore`.",
)  # fmt: skip
def maintain(
    selections: tuple[str, ...], lake: str, pipelines: str | None, as_json: bool, master: str | None, dry_run: bool,
    retain_hours: int,
) -> None:  # fmt: skip
    """Merge small files, cluster large tables and remove files that no version names any more, where tables need it.

    A table of more than 256 MB is clustered by the column that its readers filter by, where a value of that falls into
    more than two files on average.

    Versions that a release is made from, or that recipients of shares are reading, keep their files. Run it when nobody
    else reads older versions than --retain-hours.
    """
    from lakeward.jobs import maintain as caring
    from lakeward.lake.storage import Lake

    place = Lake.at(lake)
    wanted = caring.needs(place, options.tables(pipelines, selections).values(), retain_hours)
    if not dry_run:
        wanted = caring.maintain(place, wanted, master)
    told = caring.as_document(wanted, is_done=not dry_run), caring.as_text(wanted, is_done=not dry_run)
    options.show_json(told[0]) if as_json else click.echo(told[1])
