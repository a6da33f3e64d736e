"""A Ceph cluster on one machine: a monitor, a manager, three OSDs on sparse files, an S3 gateway on the loopback."""

from __future__ import annotations

import http.client
import json
import shutil
import subprocess
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from daemon import ClusterError, Daemon, until

OSDS = (0, 1, 2)
REGION = "default"


@dataclass(frozen=True, slots=True)
class Ceph:
    """The cluster whose state lies in a folder.

    Args:
        folder: made by `create.create`, removed by `destroy`.
    """

    folder: Path

    def up(self) -> None:
        """Start what does not run.

        Raises:
            ClusterError: a daemon does not come up.
        """
        self.start(self.monitor, "ceph-mon", "-i", "a")
        self.start(self.manager, "ceph-mgr", "-i", "x")
        self.start_osds(OSDS)
        self.start_gateway()

    def down(self) -> None:
        """Stop everything, the gateway first and the monitor last; the data stay."""
        self.gateway.stop()
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda number: self.osd(number).stop(), OSDS))
        self.manager.stop(within_s=5)
        self.monitor.stop()

    def destroy(self) -> None:
        """Stop everything and remove the folder."""
        self.down()
        if self.conf.is_file():
            shutil.rmtree(self.folder)

    def start_osds(self, numbers: Collection[int]) -> None:
        """Start OSDs and wait until they have joined the others.

        Raises:
            ClusterError: one does not come up within two minutes.
        """
        for number in numbers:
            self.start(self.osd(number), "ceph-osd", "-i", str(number))
        if not until(lambda: all(self._has_joined(number) for number in numbers), 120):
            raise ClusterError(f"an OSD does not come up; see {self.folder / 'log'}")

    def start_gateway(self) -> None:
        """Start the S3 gateway and wait until it answers.

        Raises:
            ClusterError: it stops, or does not answer within two minutes.
        """
        self.start(self.gateway, "radosgw", "-n", "client.rgw.a")
        if not until(lambda: self._answers() or self.gateway.pid() is None, 120) or not self._answers():
            raise ClusterError(f"the S3 gateway does not answer; see {self.folder / 'log'}")

    def wait_clean(self, within_s: float) -> None:
        """Wait until every OSD runs and every object has its three copies.

        Raises:
            ClusterError: an object still lacks one.
        """
        seen = 0

        def is_settled() -> bool:
            # The manager hears of placement groups a little late: one good answer may be an old one.
            nonlocal seen
            seen = seen + 1 if self._is_clean() else 0
            return seen == 3

        if not until(is_settled, within_s, every_s=1):
            raise ClusterError(f"not clean after {within_s:.0f} s: {self.run('ceph', 'pg', 'stat').strip()}")

    def daemons(self) -> tuple[Daemon, ...]:
        """Give every daemon of the cluster, running or not."""
        return (self.monitor, self.manager, *map(self.osd, OSDS), self.gateway)

    def environment(self) -> dict[str, str]:
        """Give the variables that S3 clients read, the secret key among them.

        Raises:
            ClusterError: there is no cluster yet.
        """
        if not self.is_made:
            raise ClusterError("there is no cluster: `make cluster-up` makes one")
        keys = json.loads(self.credentials.read_text("utf-8"))
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": keys["access_key"],
            "AWS_SECRET_ACCESS_KEY": keys["secret_key"],
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ALLOW_HTTP": "true",
            # Ceph 16 does not know the checksums that today's SDKs add by themselves.
            "AWS_REQUEST_CHECKSUM_CALCULATION": "when_required",
            "AWS_RESPONSE_CHECKSUM_VALIDATION": "when_required",
        }

    def start(self, daemon: Daemon, program: str, *arguments: str) -> None:
        """Start a daemon of this cluster, unless it runs."""
        daemon.start([program, "-f", "-c", str(self.conf), *arguments], self.folder / "log" / f"{daemon.name}.out")

    def run(self, program: str, *arguments: str) -> str:
        """Run one of Ceph's commands and give what it printed.

        Raises:
            ClusterError: it failed, or got no answer within 90 s.
        """
        command = [program, "-c", str(self.conf), *arguments]
        try:
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=90)
        except subprocess.TimeoutExpired:
            raise ClusterError(f"`{program} {arguments[0]}` got no answer; see `status`") from None
        if done.returncode:
            raise ClusterError(f"`{program} {' '.join(arguments[:3])}` failed: {done.stderr.strip()[-500:]}")
        return done.stdout

    @property
    def monitor(self) -> Daemon:
        """The monitor."""
        return self._daemon("monitor")

    @property
    def manager(self) -> Daemon:
        """The manager."""
        return self._daemon("manager")

    @property
    def gateway(self) -> Daemon:
        """The S3 gateway."""
        return self._daemon("gateway")

    def osd(self, number: int) -> Daemon:
        """One of the OSDs."""
        if number not in OSDS:
            raise ClusterError(f"there is no OSD {number}: take one of {', '.join(map(str, OSDS))}")
        return self._daemon(f"osd.{number}")

    @property
    def conf(self) -> Path:
        """Ceph's own settings."""
        return self.folder / "ceph.conf"

    @property
    def credentials(self) -> Path:
        """The keys of the S3 user: a JSON object with `access_key` and `secret_key`."""
        return self.folder / "credentials.json"

    @property
    def is_made(self) -> bool:
        """Say whether there is a whole cluster."""
        return self.credentials.is_file()

    @property
    def endpoint(self) -> str:
        """The S3 gateway's address."""
        return f"http://127.0.0.1:{self._port()}"

    def _port(self) -> int:
        frontend = next(line for line in self.conf.read_text("utf-8").splitlines() if line.startswith("rgw_frontends"))
        return int(frontend.split("127.0.0.1:")[1].split()[0])

    def _daemon(self, name: str) -> Daemon:
        return Daemon(name, self.folder / "run" / f"{name}.pid", str(self.conf))

    def _has_joined(self, number: int) -> bool:
        # Its own word: the monitor takes an OSD that was just killed, or has just come back, for the old one.
        try:
            return '"active"' in self.run("ceph", "daemon", f"osd.{number}", "status")
        except ClusterError:
            return False

    def _is_clean(self) -> bool:
        if any(daemon.pid() is None for daemon in self.daemons()):
            return False
        told = json.loads(self.run("ceph", "pg", "stat", "-f", "json"))["pg_summary"]["num_pg_by_state"]
        return all(each["name"].startswith("active+clean") for each in told)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port(), timeout=5)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()
