"""`lakeward test`."""

from __future__ import annotations

from pathlib import Path

import click

from lakeward.jobs import options

HERE = Path("tests")


@click.command()
@options.selections
@click.option(
    "--landing", type=click.Path(path_type=Path), help="Files as delivered; by default tests/landing, where that is."
)
@click.option(
    "--expected",
    type=click.Path(path_type=Path),
    help="A CSV a table of the rows it must have; by default tests/expected, beside tests/landing.",
)
@options.pipelines
@options.as_json
@options.master
def test(
    selections: tuple[str, ...], landing: Path | None, expected: Path | None, pipelines: str | None, as_json: bool,
    master: str | None,
) -> int:  # fmt: skip
    """Run the project's declarations on small files, in a lake that is thrown away.

    Data sets without a file get made ones. Exit codes are those of `run`; 66 also when a table has other rows than are
    expected of it.
    """
    from lakeward.jobs.trial import trial

    given = landing or (HERE / "landing" if (HERE / "landing").is_dir() else None)
    wanted = expected or (HERE / "expected" if landing is None and (HERE / "expected").is_dir() else None)
    tried = trial(selections, pipelines, given, wanted, master)
    options.show_json(tried.document()) if as_json else click.echo(tried.text())
    return tried.exit_code
