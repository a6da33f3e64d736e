"""What commands of the command line have in common: options, completion of names, and JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from lakeward.lake.storage import Lake
    from lakeward.pipelines.catalog import Table

Command = TypeVar("Command", bound=Callable[..., Any])


def names(context: click.Context, parameter: click.Parameter, begun: str) -> list[str]:
    """Declared tables whose name starts as typed so far, for the shell."""
    from lakeward.pipelines.catalog import declared

    tables = declared(context.params.get("pipelines"))
    return [name for name in tables if name.startswith(begun)]


def pipelines(command: Command) -> Command:
    """The `--pipelines` option."""
    return click.option(
        "--pipelines", envvar="LAKEWARD_PIPELINES", show_envvar=True,
        help="A folder or package of your own declarations.",
    )(command)  # fmt: skip


def as_json(command: Command) -> Command:
    """The `--json` option, as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines.")(command)


def root(command: Command) -> Command:
    """The `--lake` option alone."""
    return click.option(
        "--lake", default="./lake", envvar="LAKEWARD_LAKE", show_default=True, show_envvar=True,
        help="The lake: a folder, s3a://BUCKET/FOLDER or hdfs://HOST:PORT/FOLDER.",
    )(command)  # fmt: skip


def lake(command: Command) -> Command:
    """The options of every command on a lake's tables: `--lake`, `--pipelines` and `--json`."""
    return root(pipelines(as_json(command)))


def landing(command: Command) -> Command:
    """The `--landing` option."""
    return click.option(
        "--landing", default="./landing", envvar="LAKEWARD_LANDING", show_default=True, show_envvar=True,
        help="The agencies' files: a folder or an address as for --lake.",
    )(command)  # fmt: skip


def master(command: Command) -> Command:
    """The `--master` option."""
    return click.option("--master", help="Spark's master; by default LAKEWARD_MASTER, else local[*].")(command)


def conf(command: Command) -> Command:
    """The `--conf` option, as a dictionary."""
    return click.option(
        "--conf", multiple=True, metavar="KEY=VALUE", callback=_pairs, help="A Spark setting; wins over ours.",
    )(command)  # fmt: skip


def _pairs(context: click.Context, parameter: click.Parameter, given: Sequence[str]) -> dict[str, str]:
    if wrong := next((pair for pair in given if not pair.partition("=")[1] or not pair.startswith("spark.")), None):
        raise click.BadParameter(f"{wrong.partition('=')[0]}: write it as spark.KEY=VALUE", context, parameter)
    return dict(pair.split("=", 1) for pair in given)


def notify(command: Command) -> Command:
    """The `--notify` option."""
    return click.option(
        "--notify", metavar="URL", envvar="LAKEWARD_NOTIFY", show_envvar=True,
        help="Where to post JSON when a gate failed. The address itself is never shown.",
    )(command)  # fmt: skip


def base_url(command: Command) -> Command:
    """The `--base-url` option."""
    return click.option(
        "--base-url", envvar="LAKEWARD_BASE_URL", show_envvar=True, metavar="URL",
        help="The address at which a web server gives out the lake's published folder.",
    )(command)  # fmt: skip


def publisher(command: Command) -> Command:
    """The `--publisher` option."""
    return click.option(
        "--publisher", envvar="LAKEWARD_PUBLISHER", show_envvar=True, metavar="FILE", type=click.Path(path_type=Path),
        help="A JSON file that says who publishes: name, page, oid, contact, phone, email.",
    )(command)  # fmt: skip


def selections(command: Command) -> Command:
    """Any number of names and patterns of tables."""
    return click.argument("selections", nargs=-1, metavar="[TABLE]...", shell_complete=names)(command)


def table(command: Command) -> Command:
    """The name of one table."""
    return click.argument("table", shell_complete=names)(command)


def tables(own: str | None, selections: Sequence[str]) -> dict[str, Table]:
    """The declared tables that were selected, by name.

    Raises:
        UsageError: a selection names none.
    """
    from lakeward.pipelines.catalog import declared, select

    return select(declared(own), selections)


def opened(lake: str) -> Lake:
    """The lake to look into; where there is none yet, that is told.

    Raises:
        UsageError: its path cannot be that of a lake.
    """
    from lakeward.lake.storage import Lake

    place = Lake.at(lake)
    if not place.root.exists():
        click.echo(f"note: there is no lake at {place.root}; --lake or LAKEWARD_LAKE names another", err=True)
    return place


def existing(lake: str) -> Lake:
    """The lake to write to, by a command that makes none.

    Raises:
        UsageError: there is none, or its path cannot be that of one.
    """
    from lakeward.lake.errors import UsageError
    from lakeward.lake.storage import Lake

    place = Lake.at(lake)
    if not place.root.exists():
        raise UsageError(f"there is no lake at {place.root}", remedy="--lake or LAKEWARD_LAKE names another")
    return place


def show_json(document: object) -> None:
    """Print one JSON document."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
