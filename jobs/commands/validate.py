"""`lakeward validate`."""

from __future__ import annotations

import click

from lakeward.jobs import options
from lakeward.lake.errors import EXIT_DONE


@click.command()
@options.table
@options.lake
@click.option("--version", type=int, help="Which version of the table; by default the newest.")
@click.option("--explain", is_flag=True, help="Say how many scans and shuffles checking takes, and check nothing.")
@options.master
@options.notify
def validate(
    table: str, lake: str, pipelines: str | None, as_json: bool, version: int | None, explain: bool, master: str | None,
    notify: str | None,
) -> int:  # fmt: skip
    """Check a table that exists by its suite. Exits with 66 when a critical rule is broken."""
    from lakeward.jobs import check
    from lakeward.jobs.explain import as_text, explained
    from lakeward.jobs.notify import address, tell
    from lakeward.lake.storage import Lake
    from lakeward.pipelines.catalog import declared, find

    found = find(declared(pipelines), table)
    if explain:
        said = explained(found)
        options.show_json({"schema": "lakeward.explain/1", **said}) if as_json else click.echo(as_text(found, said))
        return EXIT_DONE
    place = address(notify) if notify else None
    checked = check.check(options.opened(lake), found, version, master=master)
    if place:
        tell(place, Lake.at(lake), checked.run_id, [checked.step])
    options.show_json(check.as_document(checked)) if as_json else click.echo(check.as_text(checked))
    return checked.exit_code
