"""`lakeward catalogue`."""

from __future__ import annotations

from pathlib import Path

import click

from lakeward.jobs import options

NAMES = ("dcat", "turtle", "schema.org", "datapackage", "croissant", "data.gov.tw", "dictionary", "dictionary.json")


@click.command()
@options.selections
@options.lake
@click.option("--format", "form", type=click.Choice(NAMES), help="Print one table in this form, and write nothing.")
@click.option("--to", metavar="DIR", help="Where to write; by default published/catalogue in the lake.")
@options.base_url
@options.publisher
@click.option("--share-endpoint", envvar="LAKEWARD_SHARE_ENDPOINT", show_envvar=True, metavar="URL", default="",
              help="Where `lakeward share serve` is reached, to tell of it.")  # fmt: skip
def catalogue(
    selections: tuple[str, ...], lake: str, pipelines: str | None, as_json: bool, form: str | None, to: str | None,
    base_url: str | None, publisher: Path | None, share_endpoint: str,
) -> None:  # fmt: skip
    """Write the catalogue: DCAT-AP, schema.org, Data Package, Croissant and the form of data.gov.tw."""
    from lakeward.jobs import catalogue as job

    asked = job.Asked.of(options.opened(lake), pipelines, selections, base_url, publisher, share_endpoint)
    if form:
        click.echo(job.printed(asked, form), nl=False)
        return
    written = job.written(asked, to)
    options.show_json(written) if as_json else click.echo(job.as_text(written))
