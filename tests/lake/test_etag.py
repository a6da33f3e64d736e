"""What a store noted of an object as it was put tells bytes that changed below it, and never cries wolf."""

from __future__ import annotations

from hashlib import md5
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from lakeward.lake.etag import MIB, is_as_put
from lakeward.lake.objects import Objects
from lakeward.lake.s3 import S3

CONTENT = bytes(range(256)) * (12 * MIB // 256)
ROTTEN = bytearray(CONTENT)
ROTTEN[7 * MIB] ^= 1


def _etag(content: bytes, part: int = 0) -> str:
    """Make it as stores do."""
    if not part:
        return f'"{md5(content, usedforsecurity=False).hexdigest()}"'
    parts = [md5(content[at : at + part], usedforsecurity=False).digest() for at in range(0, len(content), part)]
    return f'"{md5(b"".join(parts), usedforsecurity=False).hexdigest()}-{len(parts)}"'


@pytest.mark.parametrize(
    ("etag", "part", "whole", "rotten"),
    [
        (_etag(CONTENT), 0, True, False),
        (_etag(CONTENT, 5 * MIB), 5 * MIB, True, False),
        (_etag(CONTENT, 7 * MIB), 7 * MIB, True, False),
        (_etag(CONTENT, 5 * MIB), 0, True, None),  # parts as a client is known to put them
        (_etag(CONTENT, 7 * MIB), 0, None, None),  # parts of nobody knows what
        ("", 0, None, None),
        ('"0x8DB4-of-another-kind"', 0, None, None),
    ],
)
def test_only_what_is_known_is_told(etag: str, part: int, whole: bool | None, rotten: bool | None) -> None:
    assert is_as_put(etag, part, CONTENT) is whole
    assert is_as_put(etag, part, bytes(ROTTEN)) is rotten


@pytest.mark.parametrize("kind", ["one part", "told", "not told", "refused"])
def test_a_store_is_asked_for_the_size_of_parts(kind: str) -> None:
    asked = []

    def call(method: str, **told: Any) -> dict[str, Any]:
        asked.append((method, told["Bucket"], told["Key"], told.get("PartNumber")))
        if "PartNumber" not in told:
            return {"ETag": '"a"' if kind == "one part" else '"a-3"', "ContentLength": 12}
        if kind == "refused":
            raise OSError(22, "Invalid Argument")
        return {"ETag": '"a-3"', "ContentLength": 5, "PartsCount": 3} if kind == "told" else {"ContentLength": 12}

    file = cast("Path", SimpleNamespace(path="bucket/湖/x.parquet", fs=SimpleNamespace(call_s3=call)))
    told = Objects(S3("http://127.0.0.1:1", "default", is_path_style=True)).etag(file)

    assert told == ('"a"' if kind == "one part" else '"a-3"', 5 if kind == "told" else 0)
    first = ("head_object", "bucket", "湖/x.parquet", None)
    assert asked == ([first] if kind == "one part" else [first, (*first[:3], 1)])
