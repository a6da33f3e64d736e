"""Addresses at an S3 store are the store's own."""

from __future__ import annotations

import time
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, urlsplit

import pytest

from lakeward.lake.objects import path_of
from lakeward.lake.storage import Lake
from lakeward.sharing.server.urls import StoreUrls, urls


def test_the_store_signs_one_object_for_a_time_and_no_secret_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told = {"ACCESS_KEY_ID": "known", "SECRET_ACCESS_KEY": "not to be told", "ENDPOINT_URL": "http://127.0.0.1:7480"}
    for name, value in told.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    made = urls(Lake(cast("Path", path_of("s3a://bucket/my lake"))), "http://here/delta-sharing", b"k" * 32)
    assert isinstance(made, StoreUrls)

    until = int(time.time()) + 3600
    first, again = (made.signing(reader, "gold.x", until)("a=1/臺 b.parquet") for reader in ("one", "two"))

    url = urlsplit(first)
    assert first == again and (url.netloc, url.path) == (
        "127.0.0.1:7480",
        "/bucket/my%20lake/gold/x/a%3D1/%E8%87%BA%20b.parquet",
    )
    query = parse_qs(url.query)
    assert 3600 <= int(query["X-Amz-Expires"][0]) <= 4500 and len(query["X-Amz-Signature"][0]) == 64
    assert "not%20to" not in first and "not to" not in first
