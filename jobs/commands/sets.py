"""`lakeward sets`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@click.argument("name", required=False)
@options.root
@options.as_json
def sets(name: str | None, lake: str, as_json: bool) -> None:
    """Show release sets: which releases NAME means; without it, all of them. `lakeward publish --set` makes one."""
    from lakeward.jobs import sets as making

    told = making.as_document(options.opened(lake), name)
    options.show_json(told) if as_json else click.echo(making.as_text(told))
