"""`lakeward session`."""

from __future__ import annotations

import sys

import click

from lakeward.jobs import options

SNIPPET = """\
Spark is up; Ctrl-C ends it. `lakeward run` and the others use it. In a notebook (pip install lakeward[connect]):

    from pyspark.sql import SparkSession
    spark = SparkSession.builder.remote("{address}").getOrCreate()
    spark.table("{table}").show()

Its tables: {tables}"""


@click.group()
def session() -> None:
    """A Spark that stays up, for commands and notebooks."""


@session.command()
@options.selections
@options.lake
@options.master
@click.option("--port", type=click.IntRange(0, 65535), default=15002, show_default=True, help="0 takes any.")
def start(
    selections: tuple[str, ...], lake: str, pipelines: str | None, as_json: bool, master: str | None, port: int
) -> None:
    """Keep Spark up until Ctrl-C or SIGTERM: your next commands find it warm, and begin in a second or two.

    Gold tables, or those named, are also served to notebooks, by Spark Connect on the loopback. Whoever has the
    address may run anything as you: it holds a token, by default a new one each time
    (SPARK_CONNECT_AUTHENTICATE_TOKEN sets it).
    """
    from lakeward.jobs.connect import served

    asked = options.tables(pipelines, selections or ("gold.*",))
    wanted = [table.table for name, table in asked.items() if selections or name.startswith("gold.")]
    with served(options.opened(lake), wanted, port=port, master=master) as here:
        if as_json:
            options.show_json({"schema": "lakeward.session/1", "address": here.address, "tables": here.tables})
        else:
            first, told = next(iter(here.tables), "gold.…"), ", ".join(here.tables)
            click.echo(SNIPPET.format(address=here.address, table=first, tables=told or "none is built"))
        sys.stdout.flush()
        here.wait()
        click.echo("Spark was stopped, by a command that was interrupted or by the system", err=True)
