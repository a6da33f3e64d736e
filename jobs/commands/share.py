"""`lakeward share`."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

import click

from lakeward.jobs import options

Command = TypeVar("Command", bound=Any)
LOCAL = "http://127.0.0.1:8890/delta-sharing"


def endpoint(command: Command) -> Command:
    """The `--endpoint` option."""
    told: Command = click.option(
        "--endpoint", default=LOCAL, envvar="LAKEWARD_SHARE_ENDPOINT", show_default=True, show_envvar=True,
        help="The address by which recipients reach the server.",
    )(command)  # fmt: skip
    return told


def profile(command: Command) -> Command:
    """The `--profile` option and that of a token's life."""
    given = click.option(
        "--profile", metavar="FILE", help="Where the recipient's profile goes, by default NAME.share; - prints it."
    )(command)
    told: Command = click.option(
        "--days", type=click.FloatRange(0, 3650, min_open=True), default=90.0, show_default=True,
        help="How long the token is good for.",
    )(given)  # fmt: skip
    return told


@click.group()
def share() -> None:
    """Share gold tables by the open Delta Sharing protocol: recipients, their tokens, and the server.

    Two commands share: `lakeward share add NAME --grant SHARE` makes a profile to hand over, `lakeward share serve`
    answers whoever holds one.
    """


@share.command()
@click.argument("name")
@click.option("--grant", "grants", multiple=True, required=True, metavar="SHARE", help="A share, or *; repeatable.")
@endpoint
@profile
@click.option("--contact", default="", help="Who to write to.")
@click.option("--client-id", default="", help="For one with tokens of your identity provider: what it calls them.")
@click.option("--token-endpoint", default="", metavar="URL", help="With --client-id: where they get tokens.")
@click.option("--scope", default="", help="With --client-id: what they ask tokens for.")
@options.root
@options.pipelines
def add(
    name: str, grants: tuple[str, ...], endpoint: str, profile: str | None, days: float, contact: str, client_id: str,
    token_endpoint: str, scope: str, lake: str, pipelines: str | None,
) -> None:  # fmt: skip
    """Add a recipient, and write the profile that lets them in. It holds the token, which is kept nowhere else."""
    from lakeward.jobs import share as sharing
    from lakeward.lake.errors import UsageError
    from lakeward.pipelines.catalog import declared
    from lakeward.sharing.server import recipients

    place = options.opened(lake)
    granted = sharing.checked(grants, declared(pipelines))
    if bool(client_id) != bool(token_endpoint):
        raise UsageError("--client-id and --token-endpoint go together", remedy="give both, or neither")
    if recipients.exists(place, name):
        raise UsageError(f"{name} is there already", remedy=f"`lakeward share rotate {name}` gives a new token")
    where = profile or f"{name}.share"
    with sharing.profile_file(where) as filled:
        token, kept = (None, None) if client_id else recipients.new_token(days)
        recipients.keep(place, recipients.made(name, granted, kept, client_id, contact))
        if token and kept:
            sharing.bearer(filled, endpoint, token, kept)
        else:
            sharing.oauth(filled, endpoint, client_id, token_endpoint, scope)
    ends = f", until {kept.ends_at[:10]}" if kept else ""
    click.echo(f"{name} may read {', '.join(granted)}{ends}", err=True)
    _hand_over(where, "they put their secret into it" if client_id else "it is the only copy")


@share.command()
@click.argument("name")
@endpoint
@profile
@click.option(
    "--overlap-hours", type=click.FloatRange(0), default=0.0, show_default=True, help="How long old ones last."
)
@options.root
def rotate(name: str, endpoint: str, profile: str | None, days: float, overlap_hours: float, lake: str) -> None:
    """Give a recipient a new token; those before it end. A revoked recipient may read again."""
    from lakeward.jobs import share as sharing

    where = profile or f"{name}.share"
    with sharing.profile_file(where) as filled:
        sharing.rotate(options.opened(lake), name, filled, endpoint, days, overlap_hours)
    last = f"last {overlap_hours:g} hours more" if overlap_hours else "have ended"
    click.echo(f"{name} has a new token; those before it {last}", err=True)
    _hand_over(where, "it is the only copy")


@share.command()
@click.argument("name")
@options.root
def revoke(name: str, lake: str) -> None:
    """Let a recipient read no more: within a second their tokens and addresses of files at the server end."""
    from lakeward.sharing.server import recipients

    place = options.opened(lake)
    recipients.keep(place, recipients.revoked(recipients.find(place, name)))
    click.echo(f"{name} may read no more; addresses that an object store signed last up to an hour")


@share.command()
@click.argument("name")
@click.argument("shares", nargs=-1, required=True, metavar="SHARE...")
@click.option("--remove", is_flag=True, help="Take them away instead.")
@options.root
@options.pipelines
def grant(name: str, shares: tuple[str, ...], remove: bool, lake: str, pipelines: str | None) -> None:
    """Grant more shares to a recipient, or take some away."""
    from lakeward.jobs import share as sharing
    from lakeward.pipelines.catalog import declared

    wanted = [each.lower() for each in shares] if remove else sharing.checked(shares, declared(pipelines))
    now = sharing.grant(options.opened(lake), name, wanted, is_taken=remove)
    click.echo(f"{name} may read {', '.join(now.grants) or 'nothing'}")


@share.command("list")
@options.lake
def list_(lake: str, pipelines: str | None, as_json: bool) -> None:
    """List the recipients with what they may read, and the shares."""
    from lakeward.jobs import share as sharing
    from lakeward.pipelines.catalog import declared

    told = sharing.as_document(options.opened(lake), declared(pipelines))
    options.show_json(told) if as_json else click.echo(sharing.as_text(told))


@share.command()
@endpoint
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(1, 65535), default=8890, show_default=True, help="The same.")
@click.option("--cert", type=click.Path(exists=True, path_type=Path), help="TLS: the certificate with its chain, PEM.")
@click.option("--key", type=click.Path(exists=True, path_type=Path), help="TLS: the certificate's key, PEM.")
@click.option("--behind-proxy", is_flag=True, help="TLS ends at a proxy that is the only way to the server.")
@click.option("--issuer", help="Also take tokens of this identity provider (its `iss`).")
@click.option("--audience", help="With --issuer: what it calls this server (`aud`).")
@click.option("--jwks", type=click.Path(exists=True, path_type=Path), help="With --issuer: a file of its public keys.")
@click.option("--rate", default="600/minute", show_default=True, help="Requests of one recipient, files not counted.")
@options.root
@options.pipelines
def serve(
    lake: str, pipelines: str | None, issuer: str | None, audience: str | None, jwks: Path | None, rate: str, **how: Any
) -> None:
    """Serve the shares. Every request goes into the table `_audit` of the lake.

    LAKEWARD_SHARE_KEY, 32 characters or more, signs addresses and pages; without it each start makes a key of its own,
    and addresses end with it.
    """
    from lakeward.jobs import share as sharing
    from lakeward.lake.errors import UsageError
    from lakeward.pipelines.catalog import declared

    if not all(map(find_spec, ("starlette", "uvicorn", "limits", "joserfc"))):
        raise UsageError("what the server stands on is not installed", remedy="`pip install lakeward[share]`")
    from lakeward.sharing.server.issuer import Issuer

    listening = sharing.Listening(is_behind_proxy=how.pop("behind_proxy"), **how)
    if len({bool(issuer), bool(audience), bool(jwks)}) > 1:
        raise UsageError("--issuer, --audience and --jwks go together", remedy="give all three, or none")
    provider = Issuer(issuer, audience, jwks) if issuer and audience and jwks else None
    place = options.opened(lake)
    place.make()
    made = sharing.server(place, declared(pipelines), listening, provider, rate)
    tables = [table for name in made.shares.names() for table in made.shares.of(name)]
    shared = len({table.share for table in tables})
    click.echo(f"sharing {len(tables)} tables in {shared} shares at {listening.endpoint}; Ctrl-C ends it", err=True)
    try:
        sharing.serve(made, listening)
    except KeyboardInterrupt:
        click.echo("ended; every request is recorded", err=True)


def _hand_over(where: str, why: str) -> None:
    if where != "-":
        click.echo(f"{where} is for them alone, and {why}: send it as you would a password", err=True)
