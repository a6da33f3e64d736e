"""`lakeward promote`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@click.argument("branch")
@options.root
@options.as_json
def promote(branch: str, lake: str, as_json: bool) -> None:
    """Give main what a BRANCH of the lake has more, and end the branch.

    Refused, with exit code 75, when main moved since the branch was made. Releases are main's own: the next run makes
    those that are due.
    """
    from lakeward.lake.branches import Branch

    done = Branch(options.existing(lake), branch).promote()
    if as_json:
        told = {table: [versions[0], versions[-1]] for table, versions in done.items()}
        options.show_json({"schema": "lakeward.promote/1", "branch": branch, "versions": told})
        return
    for table, versions in done.items():
        click.echo(f"{table}: version {versions[-1]}")
    click.echo(f"branch {branch} is main now; `lakeward run` makes the releases that are due")
