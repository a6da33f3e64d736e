"""The dev cluster is what it is taken for: three copies, and a store that keeps its word while parts of it die."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError
from stores import Store, ceph_dev


@pytest.fixture
def whole(cluster: Store) -> Iterator[None]:
    """Whatever the test kills runs again after it."""
    yield
    ceph_dev("up")
    ceph_dev("wait-clean")


def _put(store: Store, name: str, content: bytes, **condition: str) -> int:
    try:
        told = store.client.put_object(Bucket=store.bucket, Key=f"{store.prefix}/{name}", Body=content, **condition)
    except ClientError as error:
        told = error.response
    return int(told["ResponseMetadata"]["HTTPStatusCode"])


def test_a_second_conditional_put_is_refused(store: Store) -> None:
    assert _put(store, "x", b"1", IfNoneMatch="*") == 200
    assert _put(store, "x", b"2", IfNoneMatch="*") == 412
    assert store.read("x") == "1"


def test_a_condition_on_a_multipart_upload_is_ignored(store: Store) -> None:
    """Why a commit must be one PUT; once Ceph keeps the condition here too, this fails and the limit may go."""
    where = {"Bucket": store.bucket, "Key": f"{store.prefix}/x"}
    _put(store, "x", b"1")
    upload = store.client.create_multipart_upload(**where)["UploadId"]
    part = store.client.upload_part(**where, UploadId=upload, PartNumber=1, Body=b"2")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}

    store.client.complete_multipart_upload(**where, UploadId=upload, MultipartUpload=parts, IfNoneMatch="*")

    assert store.read("x") == "2"


def test_every_object_has_three_copies_of_which_one_may_die_at_work(store: Store, whole: None) -> None:
    assert {pool["size"] for pool in json.loads(ceph_dev("ceph", "osd", "pool", "ls", "detail", "-f", "json"))} == {3}

    for number in range(30):
        if number == 5:
            ceph_dev("kill-osd", "1")
        assert _put(store, str(number), b"x" * (1 << 20)) == 200

    assert all(len(store.read(str(number))) == 1 << 20 for number in range(30))
    assert "osd.1      stopped" in ceph_dev("status")


def test_a_gateway_that_died_comes_back_with_everything(store: Store) -> None:
    _put(store, "x", b"1")

    ceph_dev("kill-gateway")
    ceph_dev("start-gateway")

    assert store.read("x") == "1"
