"""Addresses of data files that are good for a while and for one file each, and hold neither tokens nor paths of ours.

Where the store signs addresses itself, recipients read from the store. Files of a folder or of HDFS are served here, by
addresses that we sign; their query has a name that Delta's kernel knows a signed address by.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from lakeward.lake.storage import Lake
from lakeward.lake.store import scheme_of
from lakeward.sharing.server.refusals import Refused, unknown

SECONDS, KEPT = 3600, 100_000
SIGNATURE, UNTIL, READER = "X-Amz-Signature", "X-Amz-Expires", "reader"
Sign = Callable[[str], str]
quoted = lru_cache(1 << 16)(quote)  # the most of what an address costs


def name_of(path: str) -> str:
    """Give the name of a data file below its table's folder, from the path in the log, without quotes.

    Raises:
        ValueError: it leads out of the folder or into the log.
    """
    from lakeward.lake.delta import unquoted

    name = unquoted(path)
    parts = name.split("/")
    if not name or "://" in name or parts[0] in ("", "_delta_log") or {"", ".", ".."} & set(parts) or "\0" in name:
        raise ValueError("a data file lies outside of its table's folder")
    return name


@dataclass(frozen=True)
class OwnUrls:
    """Addresses at this server.

    Args:
        lake: the lake.
        endpoint: where recipients reach this server.
        key: secret, signs.
    """

    lake: Lake
    endpoint: str
    key: bytes

    def signing(self, reader: str, table: str, until: int) -> Sign:
        """Give what signs addresses of a table's files.

        Args:
            reader: who may use them, by its id.
            table: the table's full name.
            until: when they end, in seconds since 1970.
        """
        start = f"{self.endpoint}/files/{table}/"
        query = f"?{READER}={reader}&{UNTIL}={until}&{SIGNATURE}="
        key, told = self.key, f"{reader}\n{until}\n{table}\n"

        def sign(name: str) -> str:
            return f"{start}{quoted(name)}{query}{hmac.digest(key, (told + name).encode(), 'sha256').hex()}"

        return sign

    def reader_of(self, table: str, name: str, query: Mapping[str, str]) -> str:
        """Give the id of the reader that an address was made for.

        Raises:
            Refused: it was changed, or is too old.
        """
        reader, until, signature = (query.get(each, "") for each in (READER, UNTIL, SIGNATURE))
        expected = hmac.digest(self.key, f"{reader}\n{until}\n{table}\n{name}".encode(), "sha256").hex()
        if not hmac.compare_digest(signature.encode(), expected.encode()):
            raise Refused(403, "PERMISSION_DENIED", "this address was not given out by this server")
        if int(until) < time.time():
            raise Refused(403, "PERMISSION_DENIED", "this address is too old: ask the table again")
        return reader

    def file(self, table: str, name: str) -> Path:
        """Give the file that an address names.

        Raises:
            Refused: it is not there, or not below its table's folder.
        """
        folder = self.lake.table(table)
        try:
            file = folder / name_of(quote(name))
            is_inside = scheme_of(str(folder)) != "" or file.resolve().is_relative_to(folder.resolve())
        except (ValueError, OSError) as cause:
            raise unknown() from cause
        if not is_inside or not file.is_file():
            raise unknown("the file is not there any more: ask the table again")
        return file


@dataclass(frozen=True)
class StoreUrls:
    """Addresses at an S3 store, signed with the server's credentials; the same for every reader.

    They are kept for a quarter of their life, since signing takes long.
    """

    lake: Lake
    _kept: dict[str, tuple[int, str]] = field(default_factory=dict, compare=False)

    def signing(self, reader: str, table: str, until: int) -> Sign:
        """Give what signs addresses of a table's files, good until then at least."""
        del reader
        bucket, _, folder = getattr(self.lake.table(table), "path").partition("/")  # noqa: B009

        def sign(name: str) -> str:
            key = f"{folder}/{name}"
            good_until, url = self._kept.get(key, (0, ""))
            if good_until < until:
                seconds = int(until - time.time()) + SECONDS // 4
                told = {"Bucket": bucket, "Key": key}
                url = self._client.generate_presigned_url("get_object", Params=told, ExpiresIn=seconds)
                if len(self._kept) >= KEPT:
                    self._kept.clear()
                self._kept[key] = until + SECONDS // 4, url
            return url

        return sign

    @cached_property
    def _client(self) -> Any:
        from botocore.config import Config
        from botocore.session import get_session

        from lakeward.lake.s3 import S3

        told = S3.from_environment().for_fsspec()
        return get_session().create_client(
            "s3", **told["client_kwargs"], config=Config(signature_version="s3v4", **told["config_kwargs"])
        )


def urls(lake: Lake, endpoint: str, key: bytes) -> OwnUrls | StoreUrls:
    """Choose who signs addresses for a lake."""
    return StoreUrls(lake) if scheme_of(str(lake.root)) in ("s3", "s3a") else OwnUrls(lake, endpoint, key)
