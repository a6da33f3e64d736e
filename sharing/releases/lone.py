"""One Parquet file far from its manifest: whether it is what was released, and what it tells of itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pyarrow.parquet as pq
from pyarrow.lib import ArrowException

from lakeward.sharing.releases import seal
from lakeward.sharing.releases.keys import PublicKey
from lakeward.sharing.releases.press import FOOTER
from lakeward.sharing.releases.seal import SealBroken


@dataclass(frozen=True, slots=True)
class Lone:
    """What a sealed file tells of itself.

    Args:
        told: its provenance: table, release, licence, deliveries, quality, code.
        rows: its rows.
        names: its columns.
        signed_by: the key that its seal is signed with; None where it is not signed.
    """

    told: dict[str, Any]
    rows: int
    names: tuple[str, ...]
    signed_by: PublicKey | None


def opened(content: bytes, key: PublicKey | None = None) -> Lone:
    """Check a file to its last byte, and give what it tells; nothing else is looked at.

    Args:
        content: the file's bytes.
        key: the key that must have signed it; without one the key that the file names is taken, which proves only that
            nothing was changed since.

    Raises:
        SealBroken: it is no Parquet file, bears no seal, a byte is another, or another key or none signed it.
    """
    try:
        parquet = pq.ParquetFile(BytesIO(content), page_checksum_verification=True)
        footer = parquet.metadata.metadata or {}
        told = json.loads(footer[FOOTER.encode()])
        sealed = footer[seal.FOOTER.encode()].decode()
        signed_by = PublicKey.of(told["signed_by"]) if told["signed_by"] else None
    except (ArrowException, OSError) as cause:
        raise SealBroken(f"it is no whole Parquet file: {str(cause).splitlines()[0]}") from cause
    except (KeyError, ValueError) as cause:
        raise SealBroken(
            "it tells no origin and bears no seal: lakeward did not release it, or before seals"
        ) from cause
    if key is not None and key != signed_by:
        raise SealBroken(f"it is signed by {signed_by.text if signed_by else 'nobody'}, not by the key that was given")
    seal.check(content, sealed, signed_by)
    try:
        rows = sum(batch.num_rows for batch in parquet.iter_batches())
    except (ArrowException, OSError) as cause:
        raise SealBroken(f"its pages cannot be read: {str(cause).splitlines()[0]}") from cause
    return Lone(told, rows, tuple(parquet.schema_arrow.names), signed_by)
