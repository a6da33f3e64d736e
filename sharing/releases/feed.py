"""The Atom feed of a lake's releases (RFC 4287): what was released, withdrawn and found wrong, the newest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5
from xml.etree import ElementTree as ET

from lakeward.lake.press import Manifest
from lakeward.lake.release import MANIFEST
from lakeward.lake.storage import Lake
from lakeward.sharing.catalogue.media import media

FILE = "feed.xml"
SPACE = "http://www.w3.org/2005/Atom"
MOST = 200
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ONE_AT_A_TIME = Lock()
ET.register_namespace("", SPACE)


def add(lake: Lake, told: Iterable[ET.Element]) -> None:
    """Put entries into a lake's feed, each in place of the one with its id; the same again changes nothing."""
    file = lake.root / "published" / FILE
    with _ONE_AT_A_TIME:
        before = file.read_text("utf-8") if file.exists() else ""
        held = ET.fromstring(before) if before else _empty()  # noqa: S314 - written by us
        entries = {each.findtext(_name("id")): each for each in held.findall(_name("entry"))}
        entries |= {each.findtext(_name("id")): each for each in told}
        newest = sorted(entries.values(), key=lambda each: each.findtext(_name("updated")) or "", reverse=True)[:MOST]
        feed = _empty(held.findtext(_name("id")) or "")
        _text(feed, "updated", (newest[0].findtext(_name("updated")) if newest else None) or _now())
        feed.extend(newest)
        ET.indent(feed)
        text = ET.tostring(feed, encoding="unicode", xml_declaration=True) + "\n"
        if text != before:
            lake.store.replace(file, text)


def of_release(manifest: Manifest, folder: Path) -> ET.Element:
    """Tell of a release, or of its withdrawal."""
    where, gone = f"{folder.parent.name}/{folder.name}", manifest.get("withdrawn")
    said = manifest.get("changes", {}).get("text", {})
    zh, en = manifest.get("title_zh", ""), manifest.get("title", manifest["table"])
    told = {
        "id": f"{manifest['table']} {manifest['release']} {manifest['released_at']} {manifest['run_id']}",
        "title": f"{'撤回 withdrawn: ' if gone else ''}{zh} {en} {manifest['release']}".strip(),
        "updated": gone["at"] if gone else manifest["released_at"],
        "summary": gone["reason"] if gone else f"{said.get('zh', '')} {said.get('en', '')}".strip() or where,
    }
    entry = of_document(told, f"{where}/{MANIFEST}", manifest["table"])
    for file in () if gone else manifest["files"]:
        kind = file["path"].rpartition(".")[2]
        more = {"type": media(kind).type, "length": str(file["bytes"])}
        ET.SubElement(entry, _name("link"), {"rel": "enclosure", "href": f"{where}/{file['path']}", **more})
    return entry


def of_document(told: Mapping[str, str], href: str, term: str) -> ET.Element:
    """Tell of another document that was published.

    Args:
        told: `id` (any text that is of it alone), `title`, `updated`, `summary`.
        href: where it lies, from `published`.
        term: what it is about.
    """
    entry = ET.Element(_name("entry"))
    _text(entry, "id", uuid5(NAMESPACE_URL, told["id"]).urn)
    for name in ("title", "updated", "summary"):
        _text(entry, name, told[name])
    ET.SubElement(entry, _name("link"), {"rel": "alternate", "href": href, "type": "application/json"})
    ET.SubElement(entry, _name("category"), {"term": term})
    return entry


def _empty(own_id: str = "") -> ET.Element:
    feed = ET.Element(_name("feed"))
    _text(feed, "id", own_id or uuid4().urn)
    _text(feed, "title", "開放資料發布 · Releases of open data")
    _text(ET.SubElement(feed, _name("author")), "name", "lakeward")
    ET.SubElement(feed, _name("link"), {"rel": "self", "href": FILE, "type": "application/atom+xml"})
    return feed


def _text(parent: ET.Element, name: str, text: Any) -> None:
    ET.SubElement(parent, _name(name)).text = NO_XML.sub("", str(text))


def _name(name: str) -> str:
    return f"{{{SPACE}}}{name}"


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
