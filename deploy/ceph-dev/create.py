"""Make a Ceph cluster of nothing: keys, monitor, manager, OSDs, the gateway's user and its bucket."""

from __future__ import annotations

import json
import os
import shutil
import string
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ceph import OSDS, REGION, Ceph
from daemon import ClusterError
from ports import free_port

BUCKET = "lake"
PROGRAMS = ("ceph", "ceph-mon", "ceph-mgr", "ceph-osd", "radosgw", "radosgw-admin")
_OSD_GIB = int(os.environ.get("LAKEWARD_CLUSTER_OSD_GIB", "8"))  # of a sparse file
_LONGEST_FOLDER = 80  # sockets lie in it, and the path of a socket ends after 107 bytes


def create(ceph: Ceph) -> None:
    """Make a cluster and leave it running; what an earlier try left is removed.

    Raises:
        ClusterError: packages are missing, the folder's path is too long, or a step failed.
    """
    if absent := [program for program in PROGRAMS if not shutil.which(program)]:
        raise ClusterError(f"{', '.join(absent)} not found: run deploy/ceph-dev/install")
    if len(str(ceph.folder)) > _LONGEST_FOLDER:
        raise ClusterError(f"{ceph.folder} is too long a path for sockets: set LAKEWARD_CLUSTER to a shorter one")
    ceph.destroy()
    for name in ("run", "log", "crash", "monitor", "manager", "gateway", *(f"osd.{number}" for number in OSDS)):
        (ceph.folder / name).mkdir(parents=True, exist_ok=True)
    _make_monitor(ceph)
    ceph.start(ceph.monitor, "ceph-mon", "-i", "a")
    _grant(ceph, "mgr.x", "manager", "mon", "allow profile mgr", "osd", "allow *", "mds", "allow *")
    ceph.start(ceph.manager, "ceph-mgr", "-i", "x")
    for number in OSDS:
        _register(ceph, number)
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda number: ceph.run("ceph-osd", "--mkfs", "-i", str(number)), OSDS))
    ceph.start_osds(OSDS)
    _grant(ceph, "client.rgw.a", "gateway", "mon", "allow rw", "osd", "allow rwx", "mgr", "allow rw")
    ceph.start_gateway()
    keys = _make_user(ceph)
    _make_bucket(ceph, keys)
    ceph.credentials.write_text(json.dumps(keys), "utf-8")  # last: it says that all of this is done


def _make_monitor(ceph: Ceph) -> None:
    port, fsid = free_port(), str(uuid.uuid4())
    template = Path(__file__).with_name("ceph.conf").read_text("utf-8")
    conf = string.Template(template).substitute(
        fsid=fsid,
        folder=ceph.folder,
        monitor_port=port,
        monitor_port_v1=port + 1,
        gateway_port=free_port(),
        osd_bytes=_OSD_GIB << 30,
    )
    ceph.conf.write_text(conf, "utf-8")
    keyring, monmap = str(ceph.folder / "keyring"), str(ceph.folder / "monmap")
    everything = [word for service in ("mon", "osd", "mgr") for word in ("--cap", service, "allow *")]
    ceph.run("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", *everything[:3])
    ceph.run("ceph-authtool", keyring, "--gen-key", "-n", "client.admin", *everything)
    address = f"[v2:127.0.0.1:{port},v1:127.0.0.1:{port + 1}]"
    ceph.run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", address, monmap)
    ceph.run("ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap, "--keyring", keyring)


def _grant(ceph: Ceph, who: str, folder: str, *capabilities: str) -> None:
    ceph.run("ceph", "auth", "get-or-create", who, *capabilities, "-o", str(ceph.folder / folder / "keyring"))


def _register(ceph: Ceph, number: int) -> None:
    # The monitor learns the OSD's key from a file: a command line is for everybody to read.
    folder = ceph.folder / f"osd.{number}"
    secret = ceph.run("ceph-authtool", "--gen-print-key").strip()
    (folder / "secret.json").write_text(json.dumps({"cephx_secret": secret}), "utf-8")
    (folder / "keyring").write_text(f"[osd.{number}]\n\tkey = {secret}\n", "utf-8")
    identity = str(uuid.uuid4())
    ceph.run("ceph", "osd", "new", identity, str(number), "-i", str(folder / "secret.json"))
    (folder / "secret.json").unlink()
    (folder / "fsid").write_text(f"{identity}\n", "utf-8")


def _make_user(ceph: Ceph) -> dict[str, str]:
    # The gateway draws the keys itself, so that no command line shows them.
    told = ceph.run("radosgw-admin", "user", "create", "--uid=lakeward", "--display-name=lakeward")
    keys = json.loads(told)["keys"][0]
    return {name: keys[name] for name in ("access_key", "secret_key")}


def _make_bucket(ceph: Ceph, keys: dict[str, str]) -> None:
    from botocore.config import Config
    from botocore.session import get_session

    client = get_session().create_client(
        "s3",
        region_name=REGION,
        endpoint_url=ceph.endpoint,
        aws_access_key_id=keys["access_key"],
        aws_secret_access_key=keys["secret_key"],
        config=Config(s3={"addressing_style": "path"}, request_checksum_calculation="when_required"),
    )
    client.create_bucket(Bucket=BUCKET)
