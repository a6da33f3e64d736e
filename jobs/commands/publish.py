"""`lakeward publish`."""

from __future__ import annotations

import click

from lakeward.jobs import options


@click.command()
@options.selections
@options.lake
@click.option("--force", is_flag=True, help="Release though the last check failed, or the version was withdrawn.")
@click.option("--set", "set_name", metavar="NAME", help="Release the tables as one set of one moment, as 2026Q3.")
@click.option("--replace", is_flag=True, help="With --set: the name may mean something already; switch it.")
@click.option("--reason", metavar="TEXT", help="Why; with --force, it stays in the manifest.")
def publish(
    selections: tuple[str, ...], lake: str, pipelines: str | None, as_json: bool, force: bool, reason: str | None,
    set_name: str | None, replace: bool,
) -> int:  # fmt: skip
    """Release the newest version of gold tables: Parquet, CSV, a workbook, a manifest, checksums and a signature.

    None named means every gold table that is built. A version that is released already keeps its release. Releases are
    signed with the key that LAKEWARD_SIGNING_KEY names (`lakeward keys new`).
    """
    from lakeward.jobs import publications, sets
    from lakeward.lake.errors import EXIT_DONE, UsageError
    from lakeward.pipelines.catalog import declared

    if force != bool(reason and reason.strip()):
        raise UsageError("--force and --reason go together", remedy='give both: --force --reason "what you know"')
    place = options.existing(lake)
    chosen = publications.chosen(place, declared(pipelines), selections)
    if set_name:
        if force:
            raise UsageError("a set holds nothing that was forced", remedy="publish the table by itself, then the set")
        sets.make(place, set_name, chosen, replaces=replace)
        told = sets.as_document(place, set_name)
        options.show_json(told) if as_json else click.echo(sets.as_text(told))
        return EXIT_DONE
    done = publications.publish_all(place, chosen, reason)
    options.show_json(publications.as_document(done)) if as_json else click.echo(publications.as_text(place, done))
    return publications.exit_code(done)
