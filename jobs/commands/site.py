"""`lakeward site`."""

from __future__ import annotations

from pathlib import Path

import click

from lakeward.jobs import options


@click.command()
@options.selections
@options.lake
@click.option("--to", type=click.Path(path_type=Path), default=Path("site"), show_default=True, help="The folder.")
@click.option("--base-url", default="", envvar="LAKEWARD_BASE_URL", show_envvar=True, metavar="URL",
              help="Where the site will stand: snippets, citations and the catalogue then bear addresses.")  # fmt: skip
@options.publisher
@click.option("--sql-console", metavar="DIR", type=click.Path(path_type=Path),
              help="DuckDB for browsers, as `make sql-console` puts it there: adds an SQL console.")  # fmt: skip
def site(
    selections: tuple[str, ...], lake: str, pipelines: str | None, as_json: bool, to: Path, base_url: str,
    publisher: Path | None, sql_console: Path | None,
) -> None:  # fmt: skip
    """Build the portal: a static site about every table, in Chinese and English, with all releases to download."""
    from dataclasses import asdict

    from lakeward.sharing.catalogue.publisher import Publisher
    from lakeward.sharing.catalogue.publisher import publisher as read
    from lakeward.sharing.portal import words
    from lakeward.sharing.portal.site import Wanted, build

    wanted = Wanted(to, base_url, read(publisher) if publisher else Publisher(), sql_console)
    built = build(options.opened(lake), options.tables(pipelines, selections), wanted)
    if as_json:
        options.show_json({"schema": "lakeward.site/1", **asdict(built)})
        return
    click.echo(
        f"{built.to / 'index.html'}\n"
        f"{built.pages} pages of {built.tables} tables, {built.released} to download, {words.size(built.bytes)}\n"
        "next: open it, or serve the folder by any web server that answers range requests"
    )
