"""Signatures and seals: what was signed passes, and no byte of it may be another."""

from __future__ import annotations

import json
import random
import stat
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakeward.lake.errors import UsageError
from lakeward.lake.press import WRITING
from lakeward.sharing.releases import keys, seal
from lakeward.sharing.releases.keys import Key, PublicKey, SignatureRefused
from lakeward.sharing.releases.seal import SealBroken


@pytest.fixture(scope="module")
def key(tmp_path_factory: pytest.TempPathFactory) -> Key:
    """A new key."""
    return keys.new(tmp_path_factory.mktemp("key") / "key")


def _sealed(file: Path, key: Key | None) -> tuple[bytes, str]:
    rows = pa.table({"a": list(range(200)), "b": [f"row {number}" for number in range(200)]})
    with pq.ParquetWriter(file, rows.schema, **WRITING) as writer:
        writer.write_table(rows)
        writer.add_key_value_metadata({seal.FOOTER: seal.BLANK, "lakeward": json.dumps({"licence": "CC0-1.0"})})
    seal.seal(file, key)
    told = (pq.read_metadata(file).metadata or {})[seal.FOOTER.encode()].decode()
    return file.read_bytes(), told


def test_a_key_is_for_its_owner_alone_and_is_read_back(tmp_path: Path) -> None:
    made = keys.new(tmp_path / "key")

    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert keys.read(tmp_path / "key").public == made.public
    assert PublicKey.named(str(tmp_path / "key.pub")) == PublicKey.named(made.public.text) == made.public
    assert made.public.text.startswith("RW")
    assert "PRIVATE" not in repr(made)
    with pytest.raises(UsageError, match="there already"):
        keys.new(tmp_path / "key")
    for wrong in ("nowhere", "RWnot base64", made.public.text[:-8], str(tmp_path / "key")):
        with pytest.raises(UsageError, match="no public key") as told:
            PublicKey.named(wrong)
        assert "PRIVATE KEY" not in str(told.value)
    with pytest.raises(UsageError):
        PublicKey.of(str(tmp_path / "key.pub"))  # what a file tells of itself opens no other file
    with pytest.raises(UsageError, match="holds no signing key"):
        keys.read(tmp_path / "key.pub")


def test_a_signature_fits_only_what_was_signed(key: Key, tmp_path: Path) -> None:
    signature = key.sign(b"content", "rain 1.0")
    other = keys.new(tmp_path / "other").public

    key.public.check(b"content", signature)
    for content, told, public in (
        (b"Content", signature, key.public),
        (b"content", signature, other),
        (b"content", signature.replace("rain 1.0", "rain 2.0"), key.public),
        (b"content", "nothing", key.public),
        (b"content", signature[:-20], key.public),
    ):
        with pytest.raises(SignatureRefused):
            public.check(content, told)


def test_minisign_reads_what_we_sign(key: Key) -> None:
    # Its form, from its documentation: two letters, eight bytes of number, then 32 of key or 64 of signature.
    import base64

    _, first, comment, second = key.sign(b"content", "rain 1.0").splitlines()
    public = base64.b64decode(key.public.text)

    assert (public[:2], len(public)) == (b"Ed", 42)
    assert (base64.b64decode(first)[:2], len(base64.b64decode(first))) == (b"ED", 74)
    assert base64.b64decode(first)[2:10] == public[2:10]
    assert (comment, len(base64.b64decode(second))) == ("trusted comment: rain 1.0", 64)


@pytest.mark.parametrize("is_signed", [True, False])
def test_a_sealed_file_reads_as_parquet_and_no_byte_may_be_another(
    key: Key, tmp_path: Path, *, is_signed: bool
) -> None:
    content, told = _sealed(tmp_path / "x.parquet", key if is_signed else None)
    by = key.public if is_signed else None

    assert pq.read_table(tmp_path / "x.parquet").num_rows == 200
    assert seal.check(content, told, by).is_signed is is_signed
    dice = random.Random(7)  # noqa: S311 - to repeat what fails
    for place in [*dice.sample(range(len(content)), 200), content.index(b"CC0-1.0"), content.index(told.encode()) + 20]:
        harmed = bytearray(content)
        harmed[place] ^= 1 << dice.randrange(8)
        with pytest.raises(SealBroken):
            seal.check(bytes(harmed), told, by)


def test_a_signed_file_cannot_pass_for_an_unsigned_one_nor_for_anothers(key: Key, tmp_path: Path) -> None:
    content, told = _sealed(tmp_path / "x.parquet", key)
    stripped = told[: -len(seal.UNSIGNED)] + seal.UNSIGNED
    other = keys.new(tmp_path / "other").public

    with pytest.raises(SealBroken, match="taken out"):
        seal.check(content.replace(told.encode(), stripped.encode()), stripped, key.public)
    with pytest.raises(SealBroken, match="not of the key"):
        seal.check(content, told, other)
    with pytest.raises(SealBroken, match="nobody"):
        seal.check(content, told, None)
