"""`lakeward keys`."""

from __future__ import annotations

from pathlib import Path

import click

from lakeward.jobs import options


@click.group()
def keys() -> None:
    """Keys that releases are signed with: Ed25519, in minisign's form."""


@keys.command()
@click.argument("file", type=click.Path(path_type=Path))
def new(file: Path) -> None:
    """Make a key and write it to FILE, for its owner alone, and its public half to FILE.pub."""
    from lakeward.sharing.releases import keys as signing

    made = signing.new(file)
    click.echo(f"public key: {made.public.text}")
    click.echo(
        f"{file} is secret: keep a copy where only you can read it. To sign releases: "
        f"export {signing.VARIABLE}={file.absolute()}",
        err=True,
    )


@keys.command()
@options.root
@options.as_json
def ls(lake: str, as_json: bool) -> None:
    """List the public keys that a lake's releases are signed with."""
    from lakeward.sharing.releases import papers

    known = papers.published_keys(options.opened(lake).root / "published" / papers.KEYS)
    if as_json:
        options.show_json({"schema": "lakeward.keys/1", "keys": known})
    else:
        click.echo("\n".join(f"{each['id']}  {each['minisign']}" for each in known) or "no release is signed yet")
