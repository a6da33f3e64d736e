"""`lakeward sample`."""

from __future__ import annotations

from pathlib import Path

import click

from lakeward.jobs import options


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@options.selections
@click.option("--rows", default=2_000, show_default=True, help="About how many rows to make of each data set.")
@click.option("--seed", default=2026, show_default=True, help="Same seed and rows, same bytes.")
@options.pipelines
def sample(folder: Path, selections: tuple[str, ...], rows: int, seed: int, pipelines: str | None) -> None:
    """Write made files, in the agencies' formats and with their messes, to a landing FOLDER.

    An earlier sample in FOLDER is replaced as a whole, also what was made of other tables; files that are no sample
    are never touched.
    """
    from lakeward.pipelines.dataset import Dataset
    from lakeward.pipelines.sample.folder import write

    datasets = [table for table in options.tables(pipelines, selections).values() if isinstance(table, Dataset)]
    made = write(folder, datasets, rows=rows, seed=seed)
    click.echo(f"{len(made)} made files of {len(datasets)} data sets in {folder}, listed in {folder / 'MADE.md'}")
    click.echo(f"next: lakeward run --landing {folder} --lake ./lake {' '.join(selections)}".rstrip())
