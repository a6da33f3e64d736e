"""`lakeward quality`."""

from __future__ import annotations

import click

from lakeward.jobs import options
from lakeward.lake.errors import EXIT_DONE


@click.command()
@click.argument("table", required=False, shell_complete=options.names)
@options.lake
@click.option("--docs", is_flag=True, help="Make Great Expectations' Data Docs of every suite and run; works offline.")
@click.option("--open", "opens", is_flag=True, help="Make the Data Docs and open them in a browser.")
def quality(
    table: str | None, lake: str, pipelines: str | None, as_json: bool, docs: bool, opens: bool
) -> int:  # fmt: skip
    """Show how rules came out, last time and before; without TABLE, how each table stands."""
    from lakeward.jobs import quality as told
    from lakeward.pipelines.catalog import declared, find

    place = options.opened(lake)
    document: dict[str, object]
    if docs or opens:
        page = told.pages(place)
        document, text = {"schema": "lakeward.docs/1", "index": str(page)}, f"Data Docs lie in {page}"
    elif table is None:
        tables = told.summary(place)
        document, text = {"schema": "lakeward.quality/1", "tables": tables}, told.summary_text(tables)
    else:
        name = find(declared(pipelines), table).table
        rules, drift = told.rules(place, name), told.drift(place, name)
        document = {"schema": "lakeward.quality/1", "rules": rules, "drift": drift}
        text = told.rules_text(rules) + told.drift_text(drift)
    options.show_json(document) if as_json else click.echo(text)
    return click.launch(str(page)) if opens else EXIT_DONE
