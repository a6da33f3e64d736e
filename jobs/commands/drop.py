"""`lakeward drop`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@click.argument("branch")
@options.root
def drop(branch: str, lake: str) -> None:
    """End a BRANCH of the lake and forget what it has; main stays as it is."""
    from lakeward.lake.branches import Branch

    Branch(options.existing(lake), branch).drop()
    click.echo(f"branch {branch} is gone")
