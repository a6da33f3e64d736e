"""The dev cluster, where it is up; tests of this folder are skipped elsewhere, with the reason."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest
from stores import ROOT, Store

NEEDED = ("ceph-mon", "ceph-mgr", "ceph-osd", "radosgw")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Store]:
    """The store's address and keys in the environment, as a user has them."""
    if absent := [program for program in NEEDED if not shutil.which(program)]:
        pytest.skip(f"{', '.join(absent)} not found: run deploy/ceph-dev/install")
    command = [sys.executable, str(ROOT / "deploy" / "ceph-dev"), "env"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    if told.returncode:
        pytest.skip(told.stderr.strip())
    values = dict(shlex.split(line)[1].split("=", 1) for line in told.stdout.splitlines())
    with pytest.MonkeyPatch.context() as patch:
        for name, value in values.items():
            patch.setenv(name, value)
        yield _store()


@pytest.fixture
def store(cluster: Store) -> Store:
    """The store, with a folder of the test's own."""
    return Store(cluster.endpoint, cluster.bucket, uuid.uuid4().hex[:8], cluster.client)


def _store() -> Store:
    from botocore.config import Config
    from botocore.session import get_session

    # Endpoint, region and keys come from the environment.
    client = get_session().create_client("s3", config=Config(s3={"addressing_style": "path"}))
    return Store(os.environ["AWS_ENDPOINT_URL"], os.environ["LAKEWARD_CLUSTER_BUCKET"], "", client)
