"""A real storage cluster and a real Spark cluster on one machine: `python deploy/ceph-dev --help`."""

from __future__ import annotations

import hashlib
import os
import shlex
import sys
from pathlib import Path

import click
from ceph import Ceph
from create import BUCKET, create
from daemon import ClusterError
from spark import Spark


def folder() -> Path:
    """Give the folder of this checkout's cluster."""
    if own := os.environ.get("LAKEWARD_CLUSTER"):
        return Path(own).expanduser().absolute()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    checkout = hashlib.sha256(os.fsencode(Path(__file__).resolve())).hexdigest()
    return cache.absolute() / "lakeward" / f"cluster-{checkout[:6]}"


ceph = Ceph(folder() / "ceph")
spark = Spark(folder() / "spark")
number = click.argument("number", type=int)


@click.group()
def main() -> None:
    """A Ceph cluster with an S3 gateway and a Spark cluster, for development and continuous integration.

    Both listen on the loopback only. Their state lies in LAKEWARD_CLUSTER, else in the cache folder, one for each
    checkout; ports are chosen free when the cluster is made.
    """
    os.umask(0o077)  # the state holds keys


@main.command()
def up() -> None:
    """Make the Ceph cluster, or start what does not run of it."""
    if ceph.is_made:
        ceph.up()
    else:
        create(ceph)
    click.echo(f"s3a://{BUCKET} at {ceph.endpoint}")


@main.command()
def down() -> None:
    """Stop Ceph; the data stay."""
    ceph.down()


@main.command()
def destroy() -> None:
    """Stop both clusters and remove the data."""
    spark.destroy()
    ceph.destroy()


@main.command()
def status() -> None:
    """Tell which daemons run, and how Ceph feels."""
    for daemon in (*ceph.daemons(), *spark.daemons()):
        click.echo(f"{daemon.name:<10} {daemon.pid() or 'stopped'}")
    if ceph.monitor.pid():
        click.echo(ceph.run("ceph", "-s"), nl=False)


@main.command()
def env() -> None:
    """Print what S3 clients and the tests read, for `eval`."""
    values = ceph.environment() | {"LAKEWARD_CLUSTER_BUCKET": BUCKET, "LAKEWARD_CLUSTER_MASTER": spark.url}
    for name, value in values.items():
        click.echo(f"export {name}={shlex.quote(value)}")


@main.command()
@number
def kill_osd(number: int) -> None:
    """Kill an OSD (0 to 2) with -9."""
    ceph.osd(number).kill()


@main.command()
@number
def start_osd(number: int) -> None:
    """Start an OSD again and wait until it has joined the others."""
    ceph.start_osds([number])


@main.command()
def kill_gateway() -> None:
    """Kill the S3 gateway with -9."""
    ceph.gateway.kill()


@main.command()
def start_gateway() -> None:
    """Start the S3 gateway again and wait until it answers."""
    ceph.start_gateway()


@main.command()
@click.argument("seconds", type=float, default=120)
def wait_clean(seconds: float) -> None:
    """Wait until every object has its three copies."""
    ceph.wait_clean(seconds)


@main.command(name="ceph", context_settings={"ignore_unknown_options": True})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def ask_ceph(arguments: tuple[str, ...]) -> None:
    """Run Ceph's own command on this cluster."""
    click.echo(ceph.run("ceph", *arguments), nl=False)


@main.command()
def spark_up() -> None:
    """Start a Spark master and two workers."""
    spark.up(ceph.environment() if ceph.is_made else {})
    click.echo(spark.url)


@main.command()
def spark_down() -> None:
    """Stop the Spark cluster."""
    spark.down()


@main.command()
@number
def kill_worker(number: int) -> None:
    """Kill a Spark worker (1 or 2) with -9."""
    spark.worker(number).kill()


@main.command()
@number
def start_worker(number: int) -> None:
    """Start a Spark worker again and wait until it has joined."""
    spark.start_workers([number], ceph.environment() if ceph.is_made else {})


if __name__ == "__main__":
    try:
        main(prog_name="ceph-dev")
    except ClusterError as error:
        sys.exit(str(error))
