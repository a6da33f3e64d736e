"""`lakeward recall`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@click.argument("delivery")
@click.option("--reason", metavar="TEXT", help="What is wrong with it: marks what it reached, publishes an erratum.")
@click.option("--withdraw", is_flag=True, help="With --reason: take the releases that it reached back, too.")
@options.lake
def recall(delivery: str, reason: str | None, withdraw: bool, lake: str, pipelines: str | None, as_json: bool) -> None:
    """Tell how far DELIVERY (a file, or its sha256) reached: table versions, releases, sets, recipients.

    Without --reason nothing is written.
    """
    from lakeward.jobs import recall as recalling
    from lakeward.lake.errors import UsageError
    from lakeward.pipelines.catalog import declared

    if withdraw and reason is None:
        raise UsageError("--withdraw needs a reason", remedy="give --reason TEXT; consumers read it")
    place = options.existing(lake)
    found, erratum = recalling.recall(place, delivery, declared(pipelines), reason, withdraws=withdraw)
    if as_json:
        options.show_json(recalling.as_document(found, erratum))
    else:
        click.echo(recalling.as_text(place, found, erratum))
