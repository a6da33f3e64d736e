"""Seeded faults on the cluster that the environment tells of: `python tests/faults --seed 7 --faults 200`."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from campaign import campaign, one
from stand import stand
from tally import summary, table, written
from trials import Outcome


@click.command()
@click.option("--seed", default=1, show_default=True, help="Draws everything; the same number draws the same.")
@click.option("--faults", default=200, show_default=True, help="Go on until so many have come to pass.")
@click.option("--only", nargs=2, type=(click.Choice(("run", "small", "rot")), int), help="One trial: `run 3`.")
@click.option("--page", type=click.Path(path_type=Path), help="Put the table of results into this page.")
def main(seed: int, faults: int, only: tuple[str, int] | None, page: Path | None) -> None:
    """Run trials, tell what each showed, and the table of all; fail where anything was lost, doubled or not healed."""
    outcomes: list[Outcome] = []
    with stand() as up:
        for outcome in (one(up, seed, *only),) if only else campaign(up, seed, faults):
            click.echo(outcome)
            outcomes.append(outcome)
    click.echo(f"\n{table(outcomes)}\n\nseed {seed}: {summary(outcomes)}")
    if page:
        written(page, outcomes, f"make faults SEED={seed} FAULTS={faults}")
    sys.exit(any(each.wrong for each in outcomes))


if __name__ == "__main__":
    main()
