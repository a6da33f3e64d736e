"""Bring an agency's file by http(s) into the landing folder: whole, unchanged, never over another file."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import time
import unicodedata
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import get_ident
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from lakeward import __version__
from lakeward.lake.disk import sync
from lakeward.lake.errors import DeliveryRefused, TryAgainLater, UsageError
from lakeward.lake.web import (
    DEFAULT,
    LOOK,
    Again,
    Call,
    Limits,
    Place,
    answering,
    network,
    place_of,
    retry_after_s,
    wait,
)

if TYPE_CHECKING:
    from urllib3 import HTTPResponse

_BLOCK, _CHECKPOINT, _NAME_BYTES = 1 << 16, 1 << 26, 200


@dataclass(frozen=True, slots=True)
class Download:
    """A landed file: asked and final address, when its bytes came (UTC), and whether this call brought them."""

    url: str = field(repr=False)
    final_url: str = field(repr=False)
    path: Path
    sha256: str
    bytes: int
    etag: str | None
    last_modified: str | None
    fetched_at: datetime
    is_new: bool


def download(
    url: str, folder: Path, *, endings: Sequence[str] = (), limits: Limits = DEFAULT, allow_private: bool = False
) -> Download:
    """Fetch one file, unless the agency still has the one we hold.

    Args:
        url: http or https, without name and password; its query is kept out of messages and records.
        folder: landed files, each with its record `.<name>.download.json`, and the unfinished ones (`.part`).
        endings: how the file's name may end, as `.csv`; one that the server names otherwise (`/api/v2/aqx_p_432`) gets
            the first of them.
        limits: sizes, times and tries.
        allow_private: also connect to loopback, private and reserved addresses.

    Raises:
        UsageError: the address is not one we fetch from.
        DeliveryRefused: what the agency answers is not the file.
        TryAgainLater: network, server, another process or disk; what came is kept for the next call.
    """
    place, key = place_of(url, UsageError), hashlib.sha256(url.encode(errors="replace")).hexdigest()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with closing(_Part(folder / f".{key[:16]}.part", place)) as part:
            call = Call(place, limits, allow_private, time.monotonic() + limits.total_s)
            job = _Job(call, key, folder, part, endings)
            job.previous = None if part.size else _previous(job)
            while True:
                try:
                    return _attempt(job)
                except Again as again:
                    wait(again, call, part.size)
    except OSError as error:
        problem = f"cannot write into {folder}: {error.strerror or error}"
        raise TryAgainLater(problem, remedy="make room or correct the folder's rights, then run again") from error


@dataclass(slots=True)
class _Note:
    """What is known of an unfinished file; its first `bytes` have reached the disk."""

    etag: str | None = None
    last_modified: str | None = None
    total: int | None = None
    name: str = ""
    bytes: int = 0

    def validator(self) -> str | None:
        return self.etag if self.etag and not self.etag.startswith("W/") else self.last_modified


class _Part:
    """The unfinished file of one address, held by one process at a time."""

    def __init__(self, path: Path, place: Place) -> None:
        self.path, self.note_path = path, path.with_name(f"{path.name}.json")
        with suppress(FileNotFoundError):
            if path.lstat().st_nlink > 1:  # killed after landing: the other name is the landed file, hands off
                path.unlink()
        self.file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644), "r+b")
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not os.path.samestat(path.stat(), os.fstat(self.file.fileno())):
                raise FileNotFoundError
        except (BlockingIOError, FileNotFoundError) as error:
            self.file.close()
            raise TryAgainLater(f"{place} is being fetched by another process", remedy="wait for it") from error
        try:
            self.note = _Note(**json.loads(self.note_path.read_bytes()))
        except (OSError, ValueError, TypeError):
            self.note = _Note()
        whole = self.note.validator() and self.note.bytes <= path.stat().st_size
        self.size = self.file.truncate(self.note.bytes if whole else 0)
        self.file.seek(self.size)

    def restart(self, note: _Note) -> None:
        self.note, self.size = note, self.file.truncate(0)
        self.file.seek(0)
        self.note_path.unlink(missing_ok=True)

    def keep(self) -> None:
        self.file.flush()
        os.fsync(self.file.fileno())
        self.note.bytes = self.size
        if self.size:
            _write(self.note_path, asdict(self.note))

    def close(self) -> None:
        if self.size == 0:
            self.path.unlink(missing_ok=True)
        self.file.close()


@dataclass(slots=True)
class _Job:
    call: Call
    key: str
    folder: Path
    part: _Part
    endings: Sequence[str]
    previous: Download | None = None


def _attempt(job: _Job) -> Download:
    part, held = job.part, job.previous
    asked = {"User-Agent": f"lakeward/{__version__}", "Accept-Encoding": "identity", "Connection": "close"}
    if part.size:
        asked |= {"Range": f"bytes={part.size}-", "If-Range": part.note.validator() or ""}
    elif held:
        known = {"If-None-Match": held.etag, "If-Modified-Since": held.last_modified}
        asked |= {name: value for name, value in known.items() if value}
    with answering(job.call, asked) as (answer, final):
        if answer.status == 304 and held and not part.size:
            return held
        known_as = part.note.name if answer.status == 206 else ""  # an answer to the rest need not name it again
        name = known_as or _name(answer, final, job.endings)
        _judge(answer, job, name)
        _begin(answer, part, name)
        _take(answer, job)
    part.file.seek(0)
    if part.size == 0 or (_looks_html(part.file.read(1024)) and not _may_be_html(name, job)):
        problem = "an HTML page" if part.size else "nothing"
        part.restart(_Note())
        raise DeliveryRefused(f"{job.call.place} answered {problem} instead of {name}", remedy=LOOK)
    return _land(job, final, name)


def _name(answer: HTTPResponse, final: Place, endings: Sequence[str]) -> str:
    told = answer.headers.get("Content-Disposition", "").encode("latin-1", "replace")
    found = re.search(rb"filename\*\s*=\s*[^';]*'[^']*'([^;]+)", told)
    found = found or re.search(rb'filename\s*=\s*"?((?<=")(?:[^"\\]|\\.)*|[^;"]+)', told)
    name = _safe_name(found[1] if found else final.target.partition("?")[0].encode())
    is_known = not endings or Path(name.removesuffix(".gz")).suffix.lower() in endings
    return name if is_known else _fit(f"{name}{endings[0]}", "")


def _judge(answer: HTTPResponse, job: _Job, name: str) -> None:
    status, part, length = answer.status, job.part, answer.length_remaining
    if status in (408, 425, 429) or status >= 500:
        raise Again(f"the server answered {status}", retry_after_s(answer.headers.get("Retry-After", "")))
    if status == 416 and part.size:
        part.restart(_Note())
        raise Again("the server cannot go on where the last transfer stopped")
    if status != 200 and not (status == 206 and part.size):
        raise DeliveryRefused(f"{job.call.place} answered {status}", remedy=LOOK)
    if answer.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise DeliveryRefused(f"{job.call.place} sends packed bytes we did not ask for", remedy=LOOK)
    if answer.headers.get("Content-Type", "").lower().startswith("text/html") and not _may_be_html(name, job):
        raise DeliveryRefused(f"{job.call.place} answered an HTML page instead of {name}", remedy=LOOK)
    if length is None and not answer.chunked and job.call.limits.length_required:
        remedy = "compare the file by hand, then allow it with Limits(length_required=False)"
        raise DeliveryRefused(f"{job.call.place} tells no length, so a cut file would go unnoticed", remedy=remedy)
    if length is not None and (part.size if status == 206 else 0) + length > job.call.limits.max_bytes:
        raise _too_large(job)


def _too_large(job: _Job) -> DeliveryRefused:
    problem = f"{job.call.place} is larger than {job.call.limits.max_bytes:,} bytes"
    return DeliveryRefused(problem, remedy="if the agency's file is that large, raise Limits(max_bytes)")


def _begin(answer: HTTPResponse, part: _Part, name: str) -> None:
    etag, modified = answer.headers.get("ETag"), answer.headers.get("Last-Modified")
    if answer.status == 200:
        part.restart(_Note(etag, modified, answer.length_remaining, name))
        return
    span = re.fullmatch(r"bytes (\d+)-\d+/(\d+)", answer.headers.get("Content-Range", ""))
    note = part.note
    same = (etag or note.etag, modified or note.last_modified) == (note.etag, note.last_modified)
    if not span or not same or int(span[1]) != part.size or note.total not in (None, int(span[2])):
        part.restart(_Note())
        raise Again("the file changed while it was fetched")
    note.total = int(span[2])


def _take(answer: HTTPResponse, job: _Job) -> None:
    part, limits = job.part, job.call.limits
    since, at = time.monotonic(), part.size
    try:
        while block := _read(answer, job):
            part.file.write(block)
            part.size += len(block)
            now = time.monotonic()
            if part.size > limits.max_bytes:
                part.restart(_Note())
                raise _too_large(job)
            if now - since >= limits.speed_window_s:
                if part.size - at < limits.min_bytes_per_s * (now - since):
                    raise Again(f"the server sends less than {limits.min_bytes_per_s:g} bytes per second")
                since, at = now, part.size
            if part.size - part.note.bytes >= _CHECKPOINT:
                part.keep()
    finally:
        part.keep()
    if part.note.total not in (None, part.size):
        raise Again(f"the file was cut after {part.size:,} of {part.note.total:,} bytes")


def _read(answer: HTTPResponse, job: _Job) -> bytes:
    with network(job.call.place, job.call.deadline):
        return answer.read1(_BLOCK, decode_content=False)


def _may_be_html(name: str, job: _Job) -> bool:
    both = (name, job.call.place.target.partition("?")[0])
    return all(text.lower().endswith((".html", ".htm", ".xhtml")) for text in both)


def _looks_html(start: bytes) -> bool:
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    return re.match(rb"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*(<!doctype|<html)", text, re.DOTALL) is not None


def _safe_name(raw: bytes) -> str:
    octets = unquote_to_bytes(raw)
    text = octets.decode("utf-8", "replace")
    if "\ufffd" in text:
        with suppress(UnicodeDecodeError):
            text = octets.decode("cp950")
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", text))[-1]
    risky = ':*?"<>|{}[]'  # Hadoop reads these as part of a path or pattern, and hides names that begin with . or _
    kept = "".join("_" if c in risky or unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp") else c for c in last)
    return _fit(kept.strip(" ._").lstrip("-") or "download", "")


def _fit(name: str, tag: str) -> str:
    end = tag + (Path(name).suffix if len(Path(name).suffix.encode()) <= 20 else "")
    stem = name[: len(name) - len(end) + len(tag)].encode()
    return stem[: _NAME_BYTES - len(end.encode())].decode("utf-8", "ignore") + end


def _land(job: _Job, final: Place, name: str) -> Download:
    part, digest = job.part, _sha256(job.part.path)
    before = [job.previous.path] if job.previous and job.previous.sha256 == digest else []
    for path in [*before, *(job.folder / _fit(name, tag) for tag in ("", f".{digest[:12]}", f".{digest}"))]:
        is_new = not os.path.lexists(path)
        if not is_new and _sha256(path) != digest:
            continue
        came = job.previous.fetched_at if job.previous and path in before and not is_new else datetime.now(UTC)
        told = (path, digest, part.size, part.note.etag, part.note.last_modified, came, is_new)
        landed = Download(job.call.place.url, final.url, *told)
        record = asdict(landed) | {"url": str(job.call.place), "final_url": str(final), "url_sha256": job.key}
        record |= {"path": path.name, "fetched_at": came.isoformat()}
        del record["is_new"]
        _write(_record_path(path), record)  # before the file: one without a record would look like an old one
        if is_new:
            try:
                os.link(part.path, path)  # unlike a rename, never takes the place of another file
            except FileExistsError:
                continue
        part.path.unlink(missing_ok=True)
        part.note_path.unlink(missing_ok=True)
        sync(job.folder)
        return landed
    raise DeliveryRefused(f"{name} is taken in every form", remedy=f"look into {job.folder} for damaged files")


def _previous(job: _Job) -> Download | None:
    """Find what this address brought last, if its file is still whole."""
    for found in sorted(job.folder.glob(".*.download.json"), key=lambda path: path.stat().st_mtime_ns, reverse=True):
        with suppress(OSError, ValueError, TypeError, KeyError):
            record = json.loads(found.read_bytes())
            path = job.folder / found.name.removeprefix(".").removesuffix(".download.json")
            if record.pop("url_sha256") == job.key and _sha256(path) == record["sha256"]:
                came = datetime.fromisoformat(record["fetched_at"])
                record |= {"url": job.call.place.url, "path": path, "fetched_at": came}
                return Download(**record, is_new=False)
    return None


def _record_path(path: Path) -> Path:
    return path.with_name(f".{path.name}.download.json")


def _sha256(path: Path) -> str:
    """Hash a regular file; for anything else (folder, link, pipe) the answer is no hash at all."""
    if not path.is_file() or path.is_symlink():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, content: dict[str, object]) -> None:
    fresh = path.with_name(f"{path.name}.{os.getpid()}-{get_ident()}")
    with fresh.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)
