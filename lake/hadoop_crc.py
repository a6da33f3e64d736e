"""The file that Hadoop keeps beside each file of a local folder: a CRC-32 of each of its blocks."""

from __future__ import annotations

import zlib
from pathlib import Path

MAGIC, BLOCK_BYTES = b"crc\0", 512
"""As Hadoop's `ChecksumFileSystem` writes it: the magic, the size of a block in four bytes, then the sums."""


def beside(file: Path) -> Path:
    """Give the place of a file's checksums."""
    return file.with_name(f".{file.name}.crc")


def write(file: Path) -> None:
    """Write a file's checksums beside it."""
    beside(file).write_bytes(_sums(file, BLOCK_BYTES))


def agrees(file: Path) -> bool:
    """Compare a file with the checksums beside it; True where there are none."""
    try:
        told = beside(file).read_bytes()
    except FileNotFoundError:
        return True
    block = int.from_bytes(told[4:8])
    return told[:4] == MAGIC and block > 0 and told == _sums(file, block)


def _sums(file: Path, block: int) -> bytes:
    found = bytearray(MAGIC + block.to_bytes(4))
    with file.open("rb") as stream:
        while chunk := stream.read(block):
            found += zlib.crc32(chunk).to_bytes(4)
    return bytes(found)
