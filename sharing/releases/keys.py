"""Signing keys: Ed25519, signatures and public keys in minisign's form, so that its own tool checks what we sign."""

from __future__ import annotations

import base64
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lakeward.lake.errors import LakewardError, UsageError

VARIABLE = "LAKEWARD_SIGNING_KEY"
PLAIN, HASHED = b"Ed", b"ED"
RAW = (serialization.Encoding.Raw, serialization.PublicFormat.Raw)


class SignatureRefused(LakewardError):
    """A signature is not of this key over these bytes, or is none at all."""

    exit_code = 65

    def __init__(self, why: str) -> None:
        super().__init__(why, remedy="do not use the file; fetch it again, or ask the publisher for the key's text")


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half of a key by which anyone checks.

    Args:
        raw: its 32 bytes.
    """

    raw: bytes

    @classmethod
    def of(cls, text: str) -> PublicKey:
        """Read a key from its text.

        Raises:
            UsageError: it is none.
        """
        try:
            content = base64.b64decode(text, validate=True)
            if len(content) != 42 or content[:2] != PLAIN or content[2:10] != cls(content[10:]).number:
                raise ValueError(text)
        except ValueError as cause:
            raise UsageError(
                f"{text[:60]!r} is no public key", remedy="give its text (RW…), or a file that `lakeward keys` wrote"
            ) from cause
        return cls(content[10:])

    @classmethod
    def named(cls, named: str) -> PublicKey:
        """Read a key from its text, or from a file whose last line it is.

        Raises:
            UsageError: it is neither.
        """
        file = Path(named).expanduser()
        if named.startswith("RW") or not file.is_file():
            return cls.of(named)
        return cls.of(next(reversed(file.read_text("utf-8", errors="replace").split()), ""))

    @property
    def number(self) -> bytes:
        """Eight bytes that name it."""
        return hashlib.sha256(self.raw).digest()[:8]

    @property
    def text(self) -> str:
        """The key in minisign's form: one line that begins with RW."""
        return base64.b64encode(PLAIN + self.number + self.raw).decode()

    def check(self, content: bytes, signature: str) -> None:
        """Hold a detached signature against the bytes it signs.

        Raises:
            SignatureRefused: it is not of this key over these bytes.
        """
        try:
            _, first, comment, second = signature.strip().splitlines()
            signed, whole = base64.b64decode(first, validate=True), base64.b64decode(second, validate=True)
            if signed[:2] != HASHED or signed[2:10] != self.number:
                raise SignatureRefused("the signature is of another key")
            told = comment.removeprefix("trusted comment: ").encode()
            self.check_raw(_hash(content), signed[10:])
            self.check_raw(signed[10:] + told, whole)
        except ValueError as cause:
            raise SignatureRefused("the signature cannot be read") from cause

    def check_raw(self, content: bytes, signature: bytes) -> None:
        """Hold 64 bytes of signature against the bytes they sign.

        Raises:
            SignatureRefused: they are not of this key over these bytes.
        """
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, content)
        except InvalidSignature as cause:
            raise SignatureRefused("the signature does not fit the content") from cause


@dataclass(frozen=True, slots=True)
class Key:
    """A key to sign with."""

    private: Ed25519PrivateKey

    def __repr__(self) -> str:  # the secret half is shown nowhere
        return f"Key({self.public.text})"

    @property
    def public(self) -> PublicKey:
        """The half that is published."""
        return PublicKey(self.private.public_key().public_bytes(*RAW))

    def sign(self, content: bytes, comment: str) -> str:
        """Sign bytes; give the text of the detached signature.

        Args:
            content: what is signed.
            comment: one line that is signed with it.
        """
        signature = self.private.sign(_hash(content))
        first = base64.b64encode(HASHED + self.public.number + signature).decode()
        second = base64.b64encode(self.private.sign(signature + comment.encode())).decode()
        return f"untrusted comment: signed by lakeward\n{first}\ntrusted comment: {comment}\n{second}\n"


def configured() -> Key | None:
    """Give the key whose file `LAKEWARD_SIGNING_KEY` names; None when it names none.

    Raises:
        UsageError: there is no such file, or it holds no key.
    """
    named = os.environ.get(VARIABLE)
    return read(Path(named).expanduser()) if named else None


def read(file: Path) -> Key:
    """Read a key that `new` wrote.

    Raises:
        UsageError: it is not there, or none.
    """
    try:
        private = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except FileNotFoundError as cause:
        raise UsageError(
            f"there is no signing key at {file}", remedy=f"`lakeward keys new {file}` makes one"
        ) from cause
    except (ValueError, TypeError, OSError) as cause:
        raise UsageError(
            f"{file} holds no signing key", remedy="give the file that `lakeward keys new` wrote"
        ) from cause
    if not isinstance(private, Ed25519PrivateKey):
        raise UsageError(f"the key in {file} is not Ed25519", remedy="`lakeward keys new FILE` makes one that is")
    return Key(private)


def new(file: Path) -> Key:
    """Make a key, write it to a file that only its owner may read, and its public half beside it.

    Raises:
        UsageError: the file is there already, or cannot be written.
    """
    key = Key(Ed25519PrivateKey.generate())
    content = key.private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(content)
    except FileExistsError as cause:
        raise UsageError(f"{file} is there already", remedy="give another name: a key is never written over") from cause
    except OSError as cause:
        raise UsageError(
            f"{file} cannot be written: {cause.strerror}", remedy="give a file in a folder of yours"
        ) from cause
    public = f"untrusted comment: lakeward public key {key.public.number.hex()}\n{key.public.text}\n"
    file.with_name(f"{file.name}.pub").write_text(public, "utf-8")
    return key


def _hash(content: bytes) -> bytes:
    return hashlib.blake2b(content).digest()
