"""A seal inside a Parquet file: the checksum of the whole file with the seal blank, and a signature of it.

So a lone file, far from its manifest, can be checked offline to its last byte.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from lakeward.lake.errors import LakewardError
from lakeward.sharing.releases.keys import Key, PublicKey, SignatureRefused

FOOTER = "lakeward.seal"
MARK = "lakeward-seal/1"
FORM = re.compile(rf"{MARK} ([0-9a-f]{{64}}) ([0-9a-f]{{128}})")
UNSIGNED = "0" * 128
BLANK = f"{MARK} {'0' * 64} {UNSIGNED}"


class SealBroken(LakewardError):
    """A file is not, byte for byte, as it was released."""

    exit_code = 65

    def __init__(self, why: str) -> None:
        super().__init__(why, remedy="do not use the file; fetch it again from its publisher")


@dataclass(frozen=True, slots=True)
class Seal:
    """What a sealed file tells: its checksum with the seal blank, and who signed it.

    Args:
        sha256: in hexadecimal digits.
        is_signed: a key signed it, and the signature fits.
    """

    sha256: str
    is_signed: bool


def seal(file: Path, key: Key | None) -> None:
    """Put the seal into a file whose footer holds a blank one."""
    content = bytearray(file.read_bytes())
    place = _only(content, BLANK)
    digest = hashlib.sha256(content).hexdigest()
    signature = key.private.sign(_signed(digest)).hex() if key else UNSIGNED
    content[place : place + len(BLANK)] = f"{MARK} {digest} {signature}".encode()
    file.write_bytes(content)


def check(content: bytes, told: str, signed_by: PublicKey | None) -> Seal:
    """Hold a file's bytes against its seal.

    Args:
        content: the file's bytes.
        told: the seal, from its footer.
        signed_by: the key that is to have signed it; None when nobody is to have.

    Raises:
        SealBroken: a byte is another, or it is signed where nobody is to have, or not by that key.
    """
    form = FORM.fullmatch(told)
    if not form:
        raise SealBroken("the seal cannot be read")
    copy = bytearray(content)
    place = _only(copy, told)
    copy[place : place + len(BLANK)] = BLANK.encode()
    if hashlib.sha256(copy).hexdigest() != form[1]:
        raise SealBroken("the content is not what was sealed")
    if (form[2] == UNSIGNED) != (signed_by is None):
        raise SealBroken("the signature was taken out of the seal" if signed_by else "it is signed by nobody it names")
    if signed_by:
        try:
            signed_by.check_raw(_signed(form[1]), bytes.fromhex(form[2]))
        except SignatureRefused as cause:
            raise SealBroken("the seal's signature is not of the key that is to have signed it") from cause
    return Seal(form[1], bool(signed_by))


def _signed(digest: str) -> bytes:
    return f"{MARK} {digest}".encode()


def _only(content: bytes | bytearray, text: str) -> int:
    if content.count(text.encode()) != 1:
        raise SealBroken("the seal does not stand in the file once")
    return content.index(text.encode())
