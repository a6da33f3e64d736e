"""Seeded faults on the cluster that the environment tells of: `python tests/faults --seed 7 --faults 200`."""

from __future__ import annotations

import itertools
import sys
import tempfile
from pathlib import Path

import click
from rot import rot
from stand import stand
from tally import summary, table, written
from trials import Outcome, trial, world


@click.command()
@click.option("--seed", default=1, show_default=True, help="Draws everything; the same number draws the same.")
@click.option("--faults", default=200, show_default=True, help="Go on until so many have come to pass.")
@click.option("--damaged", default=0, help="Damage so many files at rest, besides.")
@click.option("--only", type=int, help="Run this trial alone.")
@click.option("--page", type=click.Path(path_type=Path), help="Put the table of results into this page.")
def main(seed: int, faults: int, damaged: int, only: int | None, page: Path | None) -> None:
    """Run trials, tell what each showed, and the table of all; fail where anything was lost, doubled or not healed."""
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory() as scratch, stand() as up:
        clean = world(up, Path(scratch))
        for number in itertools.count() if only is None else [only]:
            outcomes.append(trial(up, clean, seed, number))
            click.echo(outcomes[-1])
            if sum(len(each.happened) for each in outcomes) >= faults:
                break
        for number in range(damaged) if only is None else ():
            outcomes.append(rot(clean, seed, number))
            click.echo(outcomes[-1])
    click.echo(f"\n{table(outcomes)}\n\nseed {seed}: {summary(outcomes)}")
    if page:
        written(page, outcomes, f"make faults SEED={seed} FAULTS={faults}")
    sys.exit(any(each.wrong for each in outcomes))


if __name__ == "__main__":
    main()
