"""`lakeward sql`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from lakeward.jobs import options


@click.command()
@click.argument("query")
@options.lake
@click.option(
    "--format", "form", type=click.Choice(["table", "csv", "json", "parquet"]),
    help="By default a table, or what --to ends in.",
)  # fmt: skip
@click.option("--to", type=click.Path(dir_okay=False, path_type=Path), help="Write the rows to a file.")
@click.option("--rows", type=click.IntRange(1), default=50, show_default=True, help="How many rows a table shows.")
@click.option("--spark", is_flag=True, help="Ask Spark, in its SQL: for tables too big for one machine.")
def sql(
    query: str, lake: str, pipelines: str | None, as_json: bool, form: str | None, to: Path | None, rows: int,
    spark: bool,
) -> None:  # fmt: skip
    """Ask all tables by their names: `select … from gold.x join silver.police.y using (…)`; `-` reads standard input.

    It is DuckDB's SQL, and only reads: nothing outside of the lake. --spark starts a JVM and is not closed off so.
    """
    from lakeward.jobs import asking
    from lakeward.sharing.reader.lake import OpenLake

    asked = sys.stdin.read() if query == "-" else query
    form = asking.form_of("json" if as_json else form, to)
    found = asking.answer(OpenLake(options.existing(lake), pipelines), asked, by_spark=spark)
    if to:
        count = asking.written(found, form, to)
        click.echo(f"{count:,} rows lie in {to}", err=True)
    else:
        asking.shown(found, form, rows)
