"""`lakeward setup`."""

from __future__ import annotations

import click


@click.command()
@click.option("--s3", is_flag=True, help="Also what S3 and Ceph need.")
def setup(s3: bool) -> None:
    """Fetch Spark's JARs once and make a session start fast; does nothing when nothing is missing."""
    from lakeward.jobs.setup import setup as set_up

    for line in set_up(s3=s3):
        click.echo(line)
