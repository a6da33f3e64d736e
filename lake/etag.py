"""What a store noted of an object as it was put: its ETag is the MD5 of the bytes, or of the MD5s of its parts."""

from __future__ import annotations

import re
from hashlib import md5

from lakeward.lake.compact import Content

MIB = 1 << 20
PARTS = tuple(size * MIB for size in (5, 8, 10, 16, 32, 50, 64, 100, 128))
"""Bytes of a part, as Hadoop's S3A, deltalake, s3fs, Arrow and Amazon's own clients put them."""
MD5 = re.compile(r"([0-9a-f]{32})(?:-(\d+))?")


def is_as_put(etag: str, part_bytes: int, content: Content) -> bool | None:
    """Say whether content is what was put; None where that cannot be told.

    Args:
        etag: what the store noted; empty where it noted nothing.
        part_bytes: bytes of the first part; 0 where the store does not tell.
        content: what the store gives now.
    """
    told = MD5.fullmatch(etag.strip('"').lower())
    if told is None:
        return None
    if told[2] is None:
        return _md5(content) == told[1]
    guessed = [size for size in PARTS if -(-len(content) // size) == int(told[2])]
    if any(_of_parts(content, size) == told[1] for size in ([part_bytes] if part_bytes else guessed)):
        return True
    return False if part_bytes else None


def _of_parts(content: Content, size: int) -> str:
    digests = (bytes.fromhex(_md5(content[at : at + size])) for at in range(0, len(content), size))
    return _md5(b"".join(digests))


def _md5(content: Content) -> str:
    return md5(content, usedforsecurity=False).hexdigest()
