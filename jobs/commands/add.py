"""`lakeward add`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@click.argument("what", metavar="FILE|URL")
@options.landing
@options.pipelines
@options.as_json
@click.option("--name", default="", help="domain.noun of the data set; by default the project's and the file's name.")
@click.option("--allow-private", is_flag=True, help="Also fetch from addresses of a private network.")
def add(what: str, landing: str, pipelines: str | None, as_json: bool, name: str, allow_private: bool) -> None:
    """Add a data set to the project in this folder: the FILE lands, and its declaration is drafted.

    What was guessed is shown; look it over, then try it with `lakeward test`.
    """
    from lakeward.jobs.adding import add as add_data_set

    added = add_data_set(what, landing, pipelines, name, allow_private=allow_private)
    options.show_json(added.document()) if as_json else click.echo(added.text(landing))
