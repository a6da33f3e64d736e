"""`lakeward restore`."""

from __future__ import annotations

from dataclasses import asdict

import click

from lakeward.jobs import options


@click.command()
@options.table
@click.option("--to", required=True, metavar="VERSION|RELEASE|TIME", help="As 3, 1.2 or 2026-11-24T08:00.")
@options.lake
@options.master
def restore(table: str, to: str, lake: str, pipelines: str | None, as_json: bool, master: str | None) -> None:
    """Bring a gold table back to an earlier version, as a new version and release.

    Nothing is lost: restore to the version before to undo it. The next run leaves the table as restored until its
    inputs or its declaration change.
    """
    from lakeward.jobs import restore as restoring
    from lakeward.lake.storage import Lake
    from lakeward.pipelines.catalog import declared, find

    done = restoring.restore(Lake.at(lake), find(declared(pipelines), table), to, master)
    if as_json:
        options.show_json({"schema": "lakeward.restore/1", **asdict(done)})
    else:
        click.echo(
            f"{done.table} is as it was at version {done.to}: {done.rows:,} rows, now version {done.version}, "
            f"release {done.release}"
        )
