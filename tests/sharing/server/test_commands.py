"""`lakeward share`: recipients, their profiles, and a server that is a process of its own."""

from __future__ import annotations

import json
import signal
import socket
import ssl
import stat
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from serving import free_port, served
from shared_world import MADE

from lakeward.jobs.cli import main
from lakeward.lake import delta
from lakeward.lake.holds import held
from lakeward.lake.storage import Lake
from lakeward.sharing.server import recipients


@pytest.fixture
def where(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    """A lake with a released table of the share `maps`, and a folder for profiles to work in."""
    lake.make()
    MADE["crashes"](lake.table("gold.towns"))
    folder = lake.releases("gold.towns") / "1.0"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text('{"release": "1.0", "source": {"table": "gold.towns", "version": 4}}')
    monkeypatch.setenv("LAKEWARD_LAKE", str(lake.root))
    monkeypatch.chdir(tmp_path)
    return lake


def _profile(name: str = "taipei.share") -> dict[str, Any]:
    told: dict[str, Any] = json.loads(Path(name).read_text())
    return told


def test_a_recipient_is_added_with_a_profile_that_only_its_owner_reads(where: Lake) -> None:
    assert (
        main(["share", "add", "taipei", "--grant", "Maps", "--endpoint", "https://x.tw/delta-sharing", "--days", "2"])
        == 0
    )

    told, held = _profile(), recipients.find(where, "taipei")
    assert stat.S_IMODE(Path("taipei.share").stat().st_mode) == 0o600
    assert (told["shareCredentialsVersion"], told["endpoint"]) == (1, "https://x.tw/delta-sharing")
    left = datetime.fromisoformat(told["expirationTime"]) - datetime.now(UTC)
    assert timedelta(hours=47) < left < timedelta(hours=49)
    assert held.grants == ("maps",) and recipients.Directory(where, 0).by_token(told["bearerToken"]) == held


@pytest.mark.parametrize(("asked", "said"), [
    (["../x", "--grant", "maps"], "cannot be a recipient's name"), (["a/b", "--grant", "maps"], "cannot be"),
    (["x", "--grant", "mpas"], "did you mean maps?"), (["x", "--grant", "maps", "--profile", "/nowhere/x"], "cannot be written"),
    (["x", "--grant", "maps", "--client-id", "c"], "go together"), (["taipei", "--grant", "maps"], "is there already"),
    (["x", "--grant", "maps", "--profile", "taipei.share"], "move it away"),
])  # fmt: skip
def test_what_cannot_be_added_leaves_nothing(
    where: Lake, capsys: pytest.CaptureFixture[str], asked: list[str], said: str
) -> None:
    main(["share", "add", "taipei", "--grant", "maps"])
    before = Path("taipei.share").read_text()

    assert main(["share", "add", *asked]) == 2

    assert said in capsys.readouterr().err
    assert [each.name for each in recipients.all_of(where)] == ["taipei"]
    assert [file.name for file in Path().glob("*.share")] == ["taipei.share"]
    assert Path("taipei.share").read_text() == before


def test_a_rotated_token_ends_the_one_before_or_lets_it_last_a_while(where: Lake) -> None:
    main(["share", "add", "taipei", "--grant", "maps"])
    main(["share", "rotate", "taipei", "--profile", "b.share", "--overlap-hours", "1"])
    directory = recipients.Directory(where, 0)
    tokens = [_profile(name)["bearerToken"] for name in ("taipei.share", "b.share")]
    assert all(map(directory.by_token, tokens))

    main(["share", "rotate", "taipei", "--profile", "c.share"])

    assert not any(map(directory.by_token, tokens))
    assert directory.by_token(_profile("c.share")["bearerToken"])


def test_a_revoked_recipient_reads_no_more_until_a_token_is_given_again(where: Lake) -> None:
    main(["share", "add", "taipei", "--grant", "maps"])
    main(["share", "revoke", "taipei"])
    directory = recipients.Directory(where, 0)
    assert directory.by_token(_profile()["bearerToken"]) is None

    main(["share", "rotate", "taipei", "--profile", "b.share"])

    assert directory.by_token(_profile("b.share")["bearerToken"])


def test_grants_come_and_go(where: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    main(["share", "add", "taipei", "--grant", "maps"])
    main(["share", "grant", "taipei", "police", "HEALTH"])
    main(["share", "grant", "taipei", "maps", "--remove"])

    assert recipients.find(where, "taipei").grants == ("health", "police")
    assert main(["share", "grant", "nobody", "maps"]) == 2
    assert "`lakeward share list` names them" in capsys.readouterr().err


def test_the_list_tells_no_hash_and_no_token(where: Lake, capsys: pytest.CaptureFixture[str]) -> None:
    main(["share", "add", "taipei", "--grant", "maps", "--contact", "data@example.gov.tw"])
    main(
        ["share", "add", "hualien", "--grant", "*", "--client-id", "hl", "--token-endpoint", "https://id.example/token"]
    )
    capsys.readouterr()

    main(["share", "list", "--json"])
    told = json.loads(capsys.readouterr().out)
    main(["share", "list"])
    text = capsys.readouterr().out

    assert [(each["name"], each["grants"]) for each in told["recipients"]] == [("hualien", ["*"]), ("taipei", ["maps"])]
    assert (
        "gold.towns" in told["shares"]["maps"] and "89 days left" in text and "as hl of the identity provider" in text
    )
    secret = _profile()["bearerToken"]
    kept = recipients.find(where, "taipei").tokens[0].sha256
    assert all(word not in text + json.dumps(told) for word in (secret, kept))


def test_a_profile_for_an_identity_provider_has_the_clients_shape(where: Lake) -> None:
    main(["share", "add", "hualien", "--grant", "maps", "--client-id", "hl", "--token-endpoint", "https://id.example/token",
          "--scope", "read"])  # fmt: skip

    told = _profile("hualien.share")
    assert (told["shareCredentialsVersion"], told["type"], told["clientId"]) == (2, "oauth_client_credentials", "hl")
    assert told["tokenEndpoint"] == "https://id.example/token" and told["scope"] == "read" and told["clientSecret"]
    assert not recipients.find(where, "hualien").tokens


@pytest.mark.parametrize(("asked", "said"), [
    (["--host", "0.0.0.0"], "unencrypted"), (["--endpoint", "data.example"], "no address"),  # noqa: S104
    (["--issuer", "https://id.example"], "go together"), (["--rate", "often"], "cannot be a rate"),
])  # fmt: skip
def test_a_server_that_would_not_be_safe_does_not_start(
    where: Lake, capsys: pytest.CaptureFixture[str], asked: list[str], said: str
) -> None:
    assert main(["share", "serve", *asked]) == 2
    assert said in capsys.readouterr().err


def test_a_short_key_is_refused(
    where: Lake, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LAKEWARD_SHARE_KEY", "short")

    assert main(["share", "serve"]) == 2
    assert "openssl rand" in capsys.readouterr().err


def test_two_commands_share_by_tls_and_what_was_asked_is_recorded_at_a_signal(where: Lake, tmp_path: Path) -> None:
    cert, key = _certificate(tmp_path)
    port = free_port()
    endpoint = f"https://127.0.0.1:{port}/delta-sharing"
    main(["share", "add", "taipei", "--grant", "maps", "--endpoint", endpoint])
    headers = {"Authorization": f"Bearer {_profile()['bearerToken']}"}
    asked = ["--endpoint", endpoint, "--port", str(port), "--cert", str(cert), "--key", str(key)]

    context = ssl.create_default_context(cafile=str(cert))
    with served(asked, port) as server:
        with httpx2.Client(verify=context, headers=headers, trust_env=False) as http:
            answer = http.post(f"{endpoint}/shares/maps/schemas/gold/tables/towns/query", json={})
            url = json.loads(answer.text.splitlines()[2])["file"]["url"]
            assert url.startswith(endpoint) and http.get(url).content[:4] == b"PAR1"
        with pytest.raises(httpx2.HTTPError):
            httpx2.get(endpoint.replace("https", "http"), trust_env=False)
        server.send_signal(signal.SIGTERM)
        said = server.communicate(timeout=30)[1]

    assert "sharing 1 tables in 1 shares" in said
    rows = delta.records_of(where.table("_audit"))
    assert [(row["recipient"], row["action"], row["status"]) for row in rows] == [
        ("taipei", "query", 200), ("taipei", "file", 200),
    ]  # fmt: skip


def test_several_servers_over_one_lake_answer_as_one(where: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LAKEWARD_SHARE_KEY", "k" * 32)
    endpoint, ports = "http://127.0.0.1:1/delta-sharing", [free_port(), free_port()]
    main(["share", "add", "taipei", "--grant", "maps", "--endpoint", endpoint])
    headers = {"Authorization": f"Bearer {_profile()['bearerToken']}"}
    asked = [["--endpoint", endpoint, "--port", str(port)] for port in ports]
    first, second = (f"http://127.0.0.1:{port}/delta-sharing" for port in ports)
    query, told = "/shares/maps/schemas/gold/tables/towns/query", {"maxFiles": 1}

    with (
        served(asked[0], ports[0]) as one, served(asked[1], ports[1]) as other,
        httpx2.Client(headers=headers, trust_env=False) as http,
    ):  # fmt: skip
        lines = [json.loads(line) for line in http.post(first + query, json=told).text.splitlines()]
        page = http.post(second + query, json={**told, "pageToken": lines[-1]["endStreamAction"]["nextPageToken"]})
        file = http.get(lines[2]["file"]["url"].replace(endpoint, second))
        for server in (one, other):
            server.send_signal(signal.SIGTERM)
        for server in (one, other):
            server.communicate(timeout=30)

    assert json.loads(page.text.splitlines()[2])["file"]["id"] != lines[2]["file"]["id"]
    assert file.content[:4] == b"PAR1"
    rows = delta.records_of(where.table("_audit"))
    assert sorted((row["action"], row["status"]) for row in rows) == [("file", 200), ("query", 200), ("query", 200)]
    assert held(where, "gold.towns") == {4}
    assert len(list((where.root / "_holds" / "gold.towns").iterdir())) == 2


def test_an_answer_to_old_http_has_its_length_too(where: Lake) -> None:
    port = free_port()
    main(["share", "add", "taipei", "--grant", "maps"])
    lines = [b"GET /delta-sharing/shares HTTP/1.0", f"Authorization: Bearer {_profile()['bearerToken']}".encode()]

    with served(["--port", str(port)], port), socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(b"\r\n".join([*lines, b"", b""]))
        answer = connection.makefile("rb").read()

    head, _, body = answer.partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head and json.loads(body) == {"items": [{"name": "maps"}]}


def _certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1)).add_extension(address, critical=False).sign(key, hashes.SHA256())
    )  # fmt: skip
    files = folder / "cert.pem", folder / "key.pem"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ))  # fmt: skip
    return files
