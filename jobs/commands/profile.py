"""`lakeward profile`."""

from __future__ import annotations

from pathlib import Path

import click

from lakeward.jobs import options


@click.command()
@click.argument("what", metavar="FILE|TABLE", shell_complete=options.names)
@options.landing
@options.lake
@click.option("--name", default="", help="domain.noun of the data set; by default after the file's folders.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="Write to this file, which must not exist."
)
def profile(
    what: str, landing: str, lake: str, pipelines: str | None, as_json: bool, name: str, out: Path | None
) -> None:
    """Draft a declaration and a suite from a FILE, or a suite from a TABLE in the lake.

    The draft loads, plans and runs as it is; look over its names, units, key and rules. Big files are looked at in
    their first rows.
    """
    from lakeward.jobs.profile import answer

    document, text = answer(what, landing, lake, pipelines, name=name, out=out)
    options.show_json(document) if as_json else click.echo(text, nl=False)
