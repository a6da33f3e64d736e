"""Says what data.gov.tw's quality check will find in files and releases, before they are uploaded; starts no JVM."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.sharing.catalogue import govtw
from lakeward.sharing.catalogue.address import Addresses
from lakeward.sharing.catalogue.entries import entries
from lakeward.sharing.catalogue.publisher import Publisher
from lakeward.sharing.precheck.finding import FLAGS, Described, Finding, of_all
from lakeward.sharing.precheck.online import precheck_online
from lakeward.sharing.precheck.precheck import precheck

Document = dict[str, Any]
ADDRESS = re.compile(r"https?://", re.IGNORECASE)
MARKS = {True: "✓", False: "✗", None: "·"}


def described(what: str, form: Path | None, fields: str | None, encoding: str | None, url: str | None) -> Described:
    """Tell what the portal's form says of a file, from the form itself or from options, which go before it.

    Raises:
        UsageError: the form cannot be read.
    """
    said = _said(form, what) if form else Described()
    names = tuple(filter(None, (name.strip() for name in (fields or "").replace("、", ",").split(","))))
    return replace(
        said, fields=names or said.fields, encoding=encoding or said.encoding, url=url if url is not None else said.url
    )


def files_document(files: Mapping[str, Described], *, allow_private: bool = False) -> Document:
    """Check files that are to be one data set: here, or at an address.

    Raises:
        UsageError: one is not there, or its address is none.
    """
    if absent := [name for name in files if not ADDRESS.match(name) and not Path(name).is_file()]:
        raise UsageError(f"there is no file {', '.join(absent)}", remedy="name files, or a table that has a release")
    return _document(
        [
            (name, precheck_online(name, said, allow_private=allow_private))
            if ADDRESS.match(name)
            else (name, precheck(Path(name), said))
            for name, said in files.items()
        ]
    )


def release_document(lake: Lake, table: Table, at: Addresses) -> Document:
    """Check the files of a table's newest release by the form that the catalogue writes for it.

    Raises:
        UsageError: it has none.
    """
    (entry,) = entries(lake, [table])
    if entry.release is None:
        raise UsageError(f"{table.name} has no release", remedy=f"`lakeward run {table.name}` makes one")
    folder = lake.releases(table.table) / entry.release.number
    form = govtw.document(entry, at, Publisher())
    checked = [
        (file.path, precheck(folder / file.path, _of_resource(resource)))
        for file, resource in zip(govtw.ordered(entry.release.files), form["distribution"], strict=True)
    ]
    return {**_document(checked), "table": table.name, "release": entry.release.number}


def as_text(told: Document) -> str:
    """Give what was found for people."""
    lines = [f"{told['table']} {told['release']}"] if "table" in told else []
    for file in told["files"]:
        met = [each["is_met"] for each in file["findings"] if each["is_met"] is not None]
        lines += ["", f"{file['file']}   {sum(met)}/{len(met)}"]
        for each in file["findings"]:
            said = _both(each["told_zh"], each["told"])
            lines.append(f"  {MARKS[each['is_met']]} {each['flag']:15}{FLAGS[each['flag']].zh}：{said}")
            if each["mend"]:
                lines.append(f"    {'':15}→ {_both(each['mend_zh'], each['mend'])}")
    return "\n".join(lines).lstrip("\n")


def _both(zh: str, en: str) -> str:
    return zh if zh == en else f"{zh}  {en}"


def _document(checked: Sequence[tuple[str, Sequence[Finding]]]) -> Document:
    return {
        "schema": "lakeward.precheck/1",
        "flags": {name: None if met is None else str(int(met)) for name, met in of_all(f for _, f in checked).items()},
        "files": [{"file": name, "findings": [_finding(each) for each in found]} for name, found in checked],
    }


def _finding(found: Finding) -> Document:
    return {
        "flag": found.flag,
        "is_met": found.is_met,
        "told": found.told.en,
        "told_zh": found.told.zh,
        "mend": found.mend.en if found.mend else "",
        "mend_zh": found.mend.zh if found.mend else "",
    }


def _said(form: Path, what: str) -> Described:
    """Read of a form what it says of a file: of the first resource in its format, else of the first."""
    try:
        told = json.loads(form.read_text("utf-8-sig"))["distribution"]
        ending = PurePosixPath(urlsplit(what).path).suffix.lower()
        alike = [each for each in told if f".{each.get('resourceFormat', '')}".lower() == ending]
        return _of_resource((alike or told)[0])
    except (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError) as cause:
        raise UsageError(
            f"{form} is no form of data.gov.tw: {cause!r}",
            remedy="`lakeward catalogue gold.x --format data.gov.tw` shows what one looks like",
        ) from cause


def _of_resource(resource: Document) -> Described:
    return Described(
        resource.get("resourceCharacterEncoding") or "UTF-8",
        tuple(each["name"] for each in resource["resourceField"]),
        resource.get("resourceDownloadUrl", ""),
    )
