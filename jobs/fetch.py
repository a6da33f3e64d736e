"""Bring what declarations name by URL into the landing zone."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from string import Template

from lakeward.lake.download import download
from lakeward.lake.errors import EXIT_DONE, LakewardError, UsageError
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of one address: a file, new or known, or why there is none."""

    dataset: str
    file: str = ""
    bytes: int = 0
    sha256: str = ""
    is_new: bool = False
    error: str = ""
    exit_code: int = EXIT_DONE

    def document(self) -> dict[str, object]:
        """Give it for machines."""
        return {name: getattr(self, name) for name in self.__slots__}

    def text(self) -> str:
        """Give it for people."""
        if self.error:
            return f"{self.dataset}: {self.error}"
        return f"{self.dataset}: {self.file} ({self.bytes:,} bytes{'' if self.is_new else ', nothing new'})"


def fetch(tables: Iterable[Table], landing: str, *, allow_private: bool = False) -> list[Fetched]:
    """Download the newest file of every data set that has an address; one that fails does not stop the others.

    Raises:
        UsageError: the landing root is not a local folder.
    """
    if "://" in landing:
        raise UsageError(f"downloads cannot be laid down at {landing}", remedy="give --landing a local folder")
    done = []
    for table in tables:
        if isinstance(table, Dataset) and table.source.url:
            try:
                url = address(table.source.url, os.environ, date.today())
                folder = Path(landing) / table.source.folder
                got = download(url, folder, endings=_endings(table.source.files), allow_private=allow_private)
            except LakewardError as error:
                done.append(Fetched(table.name, error=str(error), exit_code=error.exit_code))
            else:
                done.append(Fetched(table.name, str(got.path), got.bytes, got.sha256, got.is_new))
    return done


def _endings(pattern: str) -> list[str]:
    """Give the endings that a pattern of files allows: `.csv` and `.zip` of `a/b/*.{csv,zip}`."""
    return [f".{ending}" for ending in re.findall(r"\w+", pattern.rpartition(".")[2])]


def address(url: str, environment: Mapping[str, str], today: date) -> str:
    """Fill in an address: `${YYYYMM}` is the last whole month, any other `${NAME}` a variable of the environment.

    Keys to an agency's API come this way; the query of an address is kept out of messages and records.

    Raises:
        UsageError: a variable is not set.
    """
    whole_month = today.replace(day=1) - timedelta(days=1)
    known = {"YYYYMM": environment.get("LAKEWARD_MONTH") or f"{whole_month:%Y%m}", **environment}
    try:
        return Template(url).substitute(known)
    except KeyError as cause:
        name = cause.args[0]
        raise UsageError(
            f"the agency asks for a key in {name}, which is not set",
            remedy=f"register on the agency's portal (it is free), then `export {name}=…` and fetch again",
        ) from cause
