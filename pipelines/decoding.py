"""Bytes of a file, unpacked where they are packed, and the encoding that reads them: strictly or not at all."""

from __future__ import annotations

import codecs
import gzip
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import IO

from lakeward.lake import store
from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines import user_defined
from lakeward.pipelines.container import IS_ENCRYPTED, SAVED_BY, ZIP, encrypted
from lakeward.pipelines.formats import Csv

BESIDE = "__MACOSX/"
"""What a Mac packs beside each file: its window's place and the like."""
MOST_PACKED, TOO_SMALL = 200, 32 << 20
"""A large text that a zip makes so many times smaller is no agency's table."""
BLOCK_BYTES = 8 << 20
GUESSES = ("utf-8", "cp950", "big5hkscs", "utf-16")
GZIP = b"\x1f\x8b"
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
ZEROS_IN_UTF16 = 1 / 32
"""At least so many bytes of a table in UTF-16 are 0: those of its digits, delimiters and line ends."""
Stream = IO[bytes] | gzip.GzipFile
UNREADABLE = (zipfile.BadZipFile, NotImplementedError, ValueError, OSError)
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)


def opened(path: str) -> Stream:
    """Open a path or URI; what gzip packed is unpacked, and a zip that holds a single file.

    Raises:
        DeliveryRefused: that file is encrypted or unpacks to far more than it should.
    """
    stream = store.opened(path)
    magic = stream.read(4)
    stream.seek(0)
    if magic == ZIP:
        return _sole_member(stream)
    return gzip.GzipFile(fileobj=stream) if magic.startswith(GZIP) else stream


def _sole_member(stream: IO[bytes]) -> IO[bytes]:
    """Open the single file in a zip; a workbook, which is a zip too, and a zip of many stay as they are."""
    try:
        packed = zipfile.ZipFile(stream)
    except UNREADABLE:  # whoever reads it says what is wrong
        stream.seek(0)
        return stream
    members = [each for each in packed.infolist() if not (each.is_dir() or each.filename.startswith(BESIDE))]
    if len(members) != 1 or members[0].filename in SAVED_BY or _leaves(members[0].filename):
        stream.seek(0)
        return stream
    (member,) = members
    if member.flag_bits & IS_ENCRYPTED:
        raise encrypted("file in the zip")
    if member.file_size > max(TOO_SMALL, MOST_PACKED * member.compress_size):
        raise DeliveryRefused(
            f"the file in the zip unpacks to {member.file_size >> 20:,} MB",
            remedy="ask the agency for it without packing; it may be a zip bomb",
        )
    try:
        return packed.open(member)
    except UNREADABLE as cause:
        raise damaged() from cause


def _leaves(name: str) -> bool:
    return name.startswith("/") or ".." in name.replace("\\", "/").split("/")


def read(stream: Stream, size: int) -> bytes:
    """Read up to so many bytes.

    Raises:
        DeliveryRefused: the gzip stream is cut or damaged.
    """
    try:
        return stream.read(size)
    except DAMAGED as cause:
        raise damaged() from cause


def damaged() -> DeliveryRefused:
    """Say that what is packed in a file cannot be unpacked to its end."""
    return DeliveryRefused(
        "what is packed in the file is cut or damaged", remedy="download the file again; the copy here is incomplete"
    )


def utf8_blocks(path: str, encoding: str) -> Iterator[bytes]:
    """Give a file's text as UTF-8, in blocks.

    Raises:
        DeliveryRefused: bytes that the encoding does not know, NUL characters, a cut gzip stream.
    """
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    position = 0
    with opened(path) as stream:
        while True:
            block = read(stream, BLOCK_BYTES)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as cause:
                raise DeliveryRefused(
                    f"byte {position + cause.start} is not {encoding}",
                    remedy="the declared encoding is wrong or the file is damaged: set `encoding` in the declaration",
                ) from cause
            if "\0" in text:
                raise DeliveryRefused(
                    "the file holds NUL characters", remedy="it is probably UTF-16: set `encoding` in the declaration"
                )
            if text:
                yield text.encode("utf-8")
            if not block:
                return
            position += len(block)


def encoding_of(path: str, start: bytes, is_all: bool, form: Csv) -> tuple[str, tuple[str, ...]]:
    """Choose how a file is decoded: by its mark, else the first declared encoding that reads all of it, else a guess.

    Args:
        path: the file.
        start: its first bytes.
        is_all: they are all of it.
        form: the declaration.

    Returns:
        The encoding, and what a person should know.

    Raises:
        DeliveryRefused: none reads it.
    """
    marked = next((name for mark, name in MARKS if start.startswith(mark)), "")
    if marked and _decodes(start, marked, is_all):
        return marked, ()
    if marked:
        holds_zeros = marked == "utf-8-sig" and b"\0" in start
        raise DeliveryRefused(
            "the file holds NUL characters" if holds_zeros else f"the file is marked as {marked} and is not {marked}",
            remedy="it is damaged: download it again",
        )
    declared = (form.encoding,) if isinstance(form.encoding, str) else form.encoding
    able = [name for name in _unmarked(declared if form.encoding else GUESSES, start) if _decodes(start, name, is_all)]
    if len(able) > 1 and not is_all:
        able = [name for name in able if _decodes_all(path, name)] or able[:1]  # reading it will say where it fails
    named = declared if form.encoding else GUESSES
    if "cp950" in named and able in ([], ["cp950"]) and _is_own_font(path, start, is_all, able):
        return user_defined.NAME, ("it has letters that only the agency's own font shows, at cp950's codes for users",)
    if able:
        is_sure = bool(form.encoding) or able[0] == "utf-8"
        return able[0], () if is_sure else (f"read as {able[0]}, a guess: declare its encoding",)
    if not form.encoding:
        raise DeliveryRefused("no encoding we know reads the file", remedy="set `encoding` in the declaration")
    others = [name for name in _unmarked(GUESSES, start) if _decodes(start, name, is_all)]
    holds_zeros = not others and b"\0" in start
    raise DeliveryRefused(
        f"the file is not {' or '.join(declared)}" + (": it holds NUL characters" if holds_zeros else ""),
        remedy=f"it reads as {' or '.join(others)}: set `encoding` in the declaration, or ask the agency"
        if others
        else "it is damaged or not text: download it again",
    )


def _unmarked(names: Sequence[str], start: bytes) -> list[str]:
    """Name the kind of UTF-16 that bytes without a mark are of: the place of the zeros in its pairs tells."""
    if start.count(0) < ZEROS_IN_UTF16 * len(start):
        return list(names)
    kind = "utf-16-le" if start[1::2].count(0) > start[::2].count(0) else "utf-16-be"
    return [kind if name == "utf-16" else name for name in names]


def _is_own_font(path: str, start: bytes, is_all: bool, able: Sequence[str]) -> bool:
    """Say whether it is a few letters at codes for users that keep a file from being cp950."""
    if able and (is_all or _decodes_all(path, "cp950")):
        return False
    if not _decodes(start, user_defined.NAME, is_all):
        return False
    text = codecs.getincrementaldecoder(user_defined.NAME)("strict").decode(start, is_all)
    return user_defined.is_rare(text) and (is_all or _decodes_all(path, user_defined.NAME))


def _decodes(start: bytes, encoding: str, is_all: bool) -> bool:
    try:
        text = codecs.getincrementaldecoder(encoding)("strict").decode(start, is_all)
    except (UnicodeDecodeError, LookupError, UnicodeError):
        return False
    return "\0" not in text


def _decodes_all(path: str, encoding: str) -> bool:
    try:
        for _ in utf8_blocks(path, encoding):
            pass
    except DeliveryRefused:
        return False
    return True
