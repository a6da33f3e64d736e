"""Tokens of an agency's identity provider: taken from the right clients, and every other refused."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from shared_world import World, world

from lakeward.lake.errors import UsageError
from lakeward.sharing.server import recipients
from lakeward.sharing.server.issuer import Issuer

NAME, AUDIENCE = "https://id.example.gov.tw", "lakeward"
KEY = RSAKey.generate_key(2048, {"kid": "now"})
Token = Callable[..., str]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    root = tmp_path_factory.mktemp("issued")
    issuer = Issuer(NAME, AUDIENCE, _keys(root / "keys.json", KEY))
    with world(root, issuer) as made:
        recipients.keep(made.lake, recipients.made("hualien", ["police"], None, "client-7"))
        yield made


def _keys(file: Path, *keys: Any) -> Path:
    file.write_text(json.dumps(KeySet(list(keys)).as_dict(private=False)))
    return file


def _token(key: Any = KEY, algorithm: str = "RS256", **claims: Any) -> str:
    """Sign a token; the moments among its claims are seconds from now."""
    told = {"iss": NAME, "aud": AUDIENCE, "exp": 600, "client_id": "client-7", **claims}
    told |= {name: int(time.time()) + told[name] for name in ("exp", "nbf") if told.get(name) is not None}
    header = {"alg": algorithm, "kid": key.kid or "now"}
    return jwt.encode(header, {name: value for name, value in told.items() if value is not None}, key, [algorithm])


@pytest.mark.parametrize("claims", [{}, {"client_id": None, "azp": "client-7"}, {"client_id": None, "sub": "client-7"}])
def test_a_client_of_the_provider_reads_what_it_was_granted(shared: World, claims: dict[str, Any]) -> None:
    assert shared.get("/shares", token=_token(**claims)).json() == {"items": [{"name": "police"}]}


@pytest.mark.parametrize("claims", [
    {"iss": "https://other.example"}, {"aud": "another"}, {"exp": -60}, {"exp": None}, {"iss": None},
    {"aud": None}, {"client_id": "client-8"}, {"client_id": 7}, {"nbf": 600},
])  # fmt: skip
def test_other_claims_are_401(shared: World, claims: dict[str, Any]) -> None:
    assert shared.get("/shares", token=_token(**claims)).status_code == 401


def test_other_keys_and_ways_to_sign_are_401(shared: World) -> None:
    confused = OctKey.generate_key(256, {"kid": "now"})
    none = ".".join(_token().split(".")[:2]) + "."

    for token in (
        _token(RSAKey.generate_key(2048, {"kid": "now"})), _token(confused, "HS256"), none, "a.b.c", _token()[:-4] + "AAAA",
        _token(ECKey.generate_key("P-256", {"kid": "other"}), "ES256"),
    ):  # fmt: skip
        assert shared.get("/shares", token=token).status_code == 401


def test_a_revoked_client_is_401_though_its_token_is_good(tmp_path: Path) -> None:
    issuer = Issuer(NAME, AUDIENCE, _keys(tmp_path / "keys.json", KEY))
    with world(tmp_path, issuer) as made:
        who = recipients.made("hualien", ["police"], None, "client-7")
        recipients.keep(made.lake, recipients.revoked(who))

        assert made.get("/shares", token=_token()).status_code == 401


def test_keys_that_the_provider_changed_are_read_again(tmp_path: Path) -> None:
    issuer, fresh = Issuer(NAME, AUDIENCE, _keys(tmp_path / "k", KEY)), ECKey.generate_key("P-256", {"kid": "next"})
    _keys(tmp_path / "k", KEY, fresh)

    assert issuer.client_of(_token(fresh, "ES256")) == "client-7"


@pytest.mark.parametrize("content", ["", "{}", "[]", json.dumps(KeySet([KEY]).as_dict(private=True))])
def test_a_file_without_public_keys_alone_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "keys").write_text(content)

    with pytest.raises(UsageError, match="key"):
        Issuer(NAME, AUDIENCE, tmp_path / "keys")
