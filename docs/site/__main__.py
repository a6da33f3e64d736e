"""Builds the pages of the docs, in English and Chinese: `python docs/site --to FOLDER`."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import click
from languages import switched
from staging import ROOT, stage

TOOL = ROOT / ".venv-docs/bin/zensical"


@click.command()
@click.option("--to", type=click.Path(path_type=Path), default=Path("docs-site"), show_default=True, help="The folder.")
@click.option("--tool", type=click.Path(path_type=Path, exists=True), default=TOOL, help="Zensical's command.")
def build(to: Path, tool: Path) -> None:
    """Build the pages of the docs. A link or an anchor that leads nowhere is an error."""
    with tempfile.TemporaryDirectory() as made:
        for language, below in (("en", ""), ("zh", "zh")):
            config = stage(language, Path(made) / language)
            told = subprocess.run(
                [tool.absolute(), "build", "--strict", "--clean", "-f", config],
                check=False, capture_output=True, text=True,
            )  # fmt: skip
            if told.returncode:
                raise click.ClickException(f"{told.stdout}{told.stderr.partition('Traceback')[0]}")
            shutil.copytree(config.parent / "site", to / below, dirs_exist_ok=True)
    if not list(switched(to)):
        raise click.ClickException("no page has a switch of languages: Zensical writes its links in another way now")
    click.echo(f"The docs lie in {to}: open {to / 'index.html'}")


if __name__ == "__main__":
    build()
