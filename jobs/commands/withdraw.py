"""`lakeward withdraw`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@options.table
@click.argument("release")
@click.option("--reason", required=True, metavar="TEXT", help="Why; consumers read it in the manifest and the feed.")
@options.lake
def withdraw(table: str, release: str, reason: str, lake: str, pipelines: str | None, as_json: bool) -> None:
    """Take RELEASE of a gold table back: its files go, its manifest stays with the reason.

    Readers get the last good one. The version is not released again, unless by `lakeward publish TABLE --force --reason
    TEXT`.
    """
    from lakeward.lake.lease import lease
    from lakeward.pipelines.catalog import declared, find
    from lakeward.sharing.releases import withdrawal

    place, name = options.existing(lake), find(declared(pipelines), table).table
    with lease(place, "withdraw"):
        now = withdrawal.withdraw(place, name, release, reason)
    told = {"schema": "lakeward.withdraw/1", "table": name, "withdrawn": release, "latest": now and now["release"]}
    said = f"readers get {now['release']} now" if now else "no release of it is left"
    options.show_json(told) if as_json else click.echo(f"release {release} of {name} is withdrawn; {said}")
