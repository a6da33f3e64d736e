"""Walks through the text of a JSON file value by value, strictly, holding one block and one value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import NoReturn, TypeAlias

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines.decoding import MARKS, opened, read, utf8_blocks

MOST_LETTERS = 64 << 20
BLANK = " \t\r\n"
Value: TypeAlias = "str | int | bool | Decimal | list[Value] | dict[str, Value] | None"


class JsonText:
    """The text of a file and a place in it.

    Every method raises `DeliveryRefused` where the text is not JSON: `NaN`, a key that stands twice, values nested too
    deep, text after the end.
    """

    def __init__(self, path: str) -> None:
        with opened(path) as stream:
            start = read(stream, 4)
        encoding = next((name for mark, name in MARKS if start.startswith(mark)), "utf-8")
        self._blocks = utf8_blocks(path, encoding)
        self._held, self._at, self._before = "", 0, 0
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object, parse_float=Decimal, parse_constant=self._no_constant
        )

    def peek(self) -> str:
        """Give the next letter that is not blank; empty at the end."""
        while True:
            while self._at < len(self._held) and self._held[self._at] in BLANK:
                self._at += 1
            if self._at < len(self._held):
                return self._held[self._at]
            if not self._more():
                return ""

    def is_next(self, letter: str) -> bool:
        """Take the next letter if it is this one."""
        if self.peek() != letter:
            return False
        self._at += 1
        return True

    def take(self, letter: str) -> None:
        """Take the next letter, which must be this one."""
        if not self.is_next(letter):
            self.fail(f"{letter} is missing")

    def value(self) -> Value:
        """Take a whole value."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._held, self._at)
            except json.JSONDecodeError as cause:
                if not self._more():
                    self._at = cause.pos
                    self.fail(cause.msg)
                continue
            except RecursionError:
                self.fail("values are nested too deep")
            except (ValueError, ArithmeticError):
                self.fail("a number has too many digits")
            if end < len(self._held) or not self._more():
                self._at = end
                return value  # type: ignore[no-any-return]

    def items(self) -> Iterator[None]:
        """Stand before each item of a list, in turn; whoever asks takes it."""
        yield from self._parts("[", "]")

    def keys(self) -> Iterator[str]:
        """Stand before the value of each key of an object, in turn; whoever asks takes it."""
        seen = set[str]()
        for _ in self._parts("{", "}"):
            key = self.value()
            if not isinstance(key, str):
                self.fail("a key is no text")
            if key in seen:
                self.fail(f"the key {key} stands twice")
            seen.add(key)
            self.take(":")
            yield key

    def end(self) -> None:
        """Make sure that nothing follows."""
        if self.peek():
            self.fail("something follows after the end")

    def fail(self, why: str) -> NoReturn:
        """Refuse the file for what stands here."""
        raise DeliveryRefused(
            f"letter {self._before + self._at:,} of the JSON: {why}",
            remedy="the file is cut or damaged: download it again, or ask the agency to mend it",
        )

    def _parts(self, first: str, last: str) -> Iterator[None]:
        self.take(first)
        if self.is_next(last):
            return
        while True:
            yield
            if self.is_next(last):
                return
            self.take(",")

    def _more(self) -> bool:
        """Hold one block more; false at the end."""
        if len(self._held) - self._at > MOST_LETTERS:
            self.fail(f"one value is longer than {MOST_LETTERS >> 20} million letters")
        block = next(self._blocks, b"")
        self._before += self._at
        self._held, self._at = self._held[self._at :] + block.decode(), 0
        return bool(block)

    def _object(self, pairs: list[tuple[str, Value]]) -> dict[str, Value]:
        made = dict(pairs)
        if len(made) < len(pairs):
            keys = [key for key, _ in pairs]
            self.fail(f"the key {next(key for key in keys if keys.count(key) > 1)} stands twice in an object")
        return made

    def _no_constant(self, name: str) -> NoReturn:
        self.fail(f"{name} is no JSON")
