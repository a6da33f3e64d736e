"""`lakeward init`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
def init(folder: Path) -> None:
    """Start an agency's project in a new FOLDER: a data set, a curated table, tests, a Makefile, a CI file.

    What lies in it is made up, and passes `make test` as it is.
    """
    from lakeward.jobs.starting import start

    for path in start(folder):
        click.echo(path)
    click.echo(f"next: cd {folder} && make test; then `lakeward add FILE`", err=True)
