"""Thrift's compact protocol, in which Parquet writes what it says of itself, read to the letter.

Readers pass over fields that they do not know or that have another kind than they expect, so that one flipped bit makes
a bound or a type disappear. Here each field must be one of the shape that is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from mmap import mmap
from struct import error, unpack_from
from typing import Any

TRUE, FALSE, BYTE, SHORT, INT, LONG, DOUBLE, BINARY, LIST, STRUCT = 1, 2, 3, 4, 5, 6, 7, 8, 9, 12
BOOL, TEXT = -1, -2
"""Of shapes alone: a truth, which its kind tells, and a binary that is text."""
SIZES = {BYTE: 1, DOUBLE: 8}
Struct = dict[int, Any]
Shape = Mapping[int, Any]
"""Of a structure: the kind of each of its fields by number; a shape for a structure, `[kind]` for a list."""
Content = bytes | memoryview | mmap


def struct(content: Content, at: int, shape: Shape) -> tuple[Struct, int]:
    """Read a structure: its fields by their number, and where it ends.

    Raises:
        ValueError: it has another shape, or runs past the content.
    """
    found: Struct = {}
    number = 0
    if at < 0:
        raise ValueError("it begins before the content")
    try:
        while head := content[at]:
            at += 1
            step, kind = head >> 4, head & 15
            if step == 0:  # which no writer needs
                raise ValueError("its fields are not in order")
            number += step
            wanted = shape.get(number)
            if wanted is None or kind not in _kinds(wanted):
                raise ValueError(f"field {number} is of kind {kind}, which it cannot be")
            found[number], at = (kind == TRUE, at) if wanted == BOOL else _value(content, at, wanted)
    except IndexError as cause:
        raise ValueError("it breaks off") from cause
    return found, at + 1


def _kinds(wanted: Any) -> tuple[int, ...]:
    if isinstance(wanted, Mapping):
        return (STRUCT,)
    if isinstance(wanted, list):
        return (LIST,)
    return {BOOL: (TRUE, FALSE), TEXT: (BINARY,)}.get(wanted, (wanted,))


def _value(content: Content, at: int, wanted: Any) -> tuple[Any, int]:
    if isinstance(wanted, Mapping):
        return struct(content, at, wanted)
    if isinstance(wanted, list):
        return _list(content, at, wanted[0])
    if wanted in (SHORT, INT, LONG):
        folded, at = _unsigned(content, at)
        return folded >> 1 ^ -(folded & 1), at
    if wanted == BOOL:  # in a list, where each takes a byte
        if content[at] not in (TRUE, FALSE):
            raise ValueError("a truth is neither true nor false")
        return content[at] == TRUE, at + 1
    size, at = _unsigned(content, at) if wanted in (BINARY, TEXT) else (SIZES[wanted], at)
    if at + size > len(content):
        raise ValueError("it breaks off")
    told = bytes(content[at : at + size])
    return (told.decode("utf-8") if wanted == TEXT else told), at + size


def _list(content: Content, at: int, wanted: Any) -> tuple[list[Any], int]:
    size, kind = content[at] >> 4, content[at] & 15
    at += 1
    if kind not in _kinds(wanted):
        raise ValueError(f"a list holds values of kind {kind}, which it cannot")
    if size == 15:
        size, at = _unsigned(content, at)
    if at + size > len(content):  # each takes a byte at least
        raise ValueError("it breaks off")
    values = []
    for _ in range(size):
        value, at = _value(content, at, wanted)
        values.append(value)
    return values, at


def _unsigned(content: Content, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = content[at]
        number |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return number, at
        if shift > 63:
            raise ValueError("a number has no end")


def whole_of(kind: str, told: bytes) -> Any:
    """Give a plain value of Parquet's physical type, so that its order is that of the values.

    Raises:
        ValueError: it has another length.
    """
    if kind == "BYTE_ARRAY":
        return told
    if kind == "FIXED_LEN_BYTE_ARRAY":
        return int.from_bytes(told, "big", signed=True)
    form = {"INT32": "<i", "INT64": "<q", "FLOAT": "<f", "DOUBLE": "<d", "BOOLEAN": "<?"}[kind]
    try:
        (value,) = unpack_from(form, told)
    except error as cause:
        raise ValueError("a value has another length") from cause
    return value
