"""`lakeward site`."""

from __future__ import annotations

from pathlib import Path

import click

from lakeward.jobs import options


@click.command()
@options.selections
@options.lake
@click.option("--to", type=click.Path(path_type=Path), default=Path("site"), show_default=True, help="The folder.")
@click.option("--base-url", default="", metavar="URL", help="Where the site will stand, for links that others copy.")
@click.option(
    "--sql-console", type=click.Path(path_type=Path), metavar="DIR", envvar="LAKEWARD_SQL_CONSOLE",
    help="DuckDB for browsers, as `make sql-console` puts it: adds an SQL console.",
)  # fmt: skip
def site(
    selections: tuple[str, ...], lake: str, pipelines: str | None, as_json: bool, to: Path, base_url: str,
    sql_console: Path | None,
) -> None:  # fmt: skip
    """Build the portal: a static site about every table, in Chinese and English, with all releases to download."""
    from dataclasses import asdict

    from lakeward.sharing.portal import words
    from lakeward.sharing.portal.site import build

    built = build(options.opened(lake), options.tables(pipelines, selections), to, base_url, sql_console)
    if as_json:
        options.show_json({"schema": "lakeward.site/1", **asdict(built)})
        return
    click.echo(
        f"{built.to / 'index.html'}\n"
        f"{built.pages} pages of {built.tables} tables, {built.released} to download, {words.size(built.bytes)}\n"
        "next: open it, or serve the folder by any web server that answers range requests"
    )
