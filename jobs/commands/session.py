"""`lakeward session`."""

from __future__ import annotations

import signal
import sys

import click

from lakeward.jobs import options

SNIPPET = """\
Spark is up; Ctrl-C ends it. In a notebook (pip install lakeward[connect]):

    from pyspark.sql import SparkSession
    spark = SparkSession.builder.remote("{address}").getOrCreate()
    spark.table("{table}").show()

Its tables: {tables}"""


@click.group()
def session() -> None:
    """A Spark that stays up, for notebooks."""


@session.command()
@options.selections
@options.lake
@options.master
@click.option("--port", type=click.IntRange(0, 65535), default=15002, show_default=True, help="0 takes any.")
def start(
    selections: tuple[str, ...], lake: str, pipelines: str | None, as_json: bool, master: str | None, port: int
) -> None:
    """Serve gold tables, or those named, by Spark Connect on the loopback, until Ctrl-C or SIGTERM.

    Whoever has the address may run anything as you: it holds a token, by default a new one each time
    (SPARK_CONNECT_AUTHENTICATE_TOKEN sets it).
    """
    from lakeward.jobs.connect import served

    asked = options.tables(pipelines, selections or ("gold.*",))
    wanted = [table.table for name, table in asked.items() if selections or name.startswith("gold.")]
    with served(options.opened(lake), wanted, port=port, master=master) as (address, tables):
        if as_json:
            options.show_json({"schema": "lakeward.session/1", "address": address, "tables": tables})
        else:
            first, told = next(iter(tables), "gold.…"), ", ".join(tables)
            click.echo(SNIPPET.format(address=address, table=first, tables=told or "none is built"))
        sys.stdout.flush()
        signal.pause()
