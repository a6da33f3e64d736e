"""`lakeward green`."""

from __future__ import annotations

from pathlib import Path

import click

from lakeward.jobs import options


@click.command()
@options.selections
@options.lake
@click.option("--limit", type=click.IntRange(1), default=10, show_default=True, help="How many lines a list has.")
@click.option(
    "--intensity", type=click.Path(path_type=Path), metavar="FILE",
    help="CSV of the grid's carbon intensity (at, g_per_kwh), to find when a run would emit least.",
)  # fmt: skip
def green(
    selections: tuple[str, ...], lake: str, pipelines: str | None, as_json: bool, limit: int, intensity: Path | None
) -> None:
    """Show what runs cost: CPU, memory, energy, carbon; the costliest tables; what would cut them."""
    from lakeward.jobs.green import trend
    from lakeward.jobs.green.intensity import read
    from lakeward.lake import costs

    curve = read(intensity) if intensity else []
    place = options.opened(lake)
    told = trend.as_document(place, options.tables(pipelines, selections), limit, curve)
    options.show_json(told) if as_json else click.echo(trend.as_text(told, costs.costs(place)))
