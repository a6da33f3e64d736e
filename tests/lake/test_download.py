"""Downloads against a real server on this machine."""

from __future__ import annotations

import fcntl
import json
import os
import shlex
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest

from lakeward.lake import download as module
from lakeward.lake import web
from lakeward.lake.download import Download, download
from lakeward.lake.errors import DeliveryRefused, TryAgainLater, UsageError
from lakeward.lake.web import Limits, is_public

BODY = b"clinic_id,beds\nA1,3\n" * 500
HASTE = Limits(backoff_s=0.01, total_s=10, read_s=2)


@dataclass
class Answer:
    """What the server says next; `sends` may be less than it declares, `pause_s` goes between bytes."""

    body: bytes = BODY
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    sends: int | None = None
    declares: int | None = None
    pause_s: float = 0


class Agency(ThreadingHTTPServer):
    daemon_threads = True
    scheme = "http"

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Desk)
        self.answers: list[Answer] = []
        self.asked: list[dict[str, str]] = []

    def at(self, path: str = "/clinics.csv", host: str = "127.0.0.1") -> str:
        return f"{self.scheme}://{host}:{self.server_port}{path}"

    def will(self, *answers: Answer) -> None:
        self.answers = list(answers)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that hang up are what we test."""


class Desk(BaseHTTPRequestHandler):
    server: Agency

    def do_GET(self) -> None:
        self.server.asked.append({"path": self.path, **{k.lower(): v for k, v in self.headers.items()}})
        answer = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        self.send_response(answer.status)
        length = len(answer.body) if answer.declares is None else answer.declares
        headers = {"Content-Length": str(length)} | answer.headers
        for name, value in headers.items():
            if value:
                self.send_header(name, value)
        self.end_headers()
        body = answer.body[: answer.sends]
        if not answer.pause_s:
            self.wfile.write(body)
            return
        for byte in body:
            self.wfile.write(bytes([byte]))
            time.sleep(answer.pause_s)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def agency() -> Iterator[Agency]:
    with Agency() as server:
        threading.Thread(target=partial(server.serve_forever, poll_interval=0.01), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def fetch(agency: Agency, tmp_path: Path) -> Callable[..., Download]:
    def fetch(path: str = "/clinics.csv", limits: Limits = HASTE) -> Download:
        return download(agency.at(path), tmp_path, limits=limits, allow_private=True)

    return fetch


Fetch = Callable[..., Download]


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_file_lands_under_its_own_name_with_its_record(agency: Agency, fetch: Fetch, tmp_path: Path) -> None:
    agency.will(Answer(headers={"ETag": '"1"'}))

    got = fetch()

    assert (got.path.read_bytes(), got.sha256, got.bytes) == (BODY, sha256(BODY).hexdigest(), len(BODY))
    assert (got.is_new, got.etag, got.fetched_at.utcoffset()) == (True, '"1"', timedelta(0))
    assert left(tmp_path) == [".clinics.csv.download.json", "clinics.csv"]


def test_the_record_holds_no_query(agency: Agency, fetch: Fetch, tmp_path: Path) -> None:
    agency.will(Answer())

    fetch("/clinics.csv?key=hunter2")

    assert "hunter2" not in (tmp_path / ".clinics.csv.download.json").read_text()
    assert agency.asked[0]["path"] == "/clinics.csv?key=hunter2"


def test_an_unchanged_file_is_not_sent_again(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(headers={"ETag": '"1"', "Last-Modified": "Mon, 02 Nov 2026 00:00:00 GMT"}), Answer(b"", 304))
    first = fetch()

    again = fetch()

    assert (again.is_new, again.path, again.sha256, again.fetched_at) == (
        False,
        first.path,
        first.sha256,
        first.fetched_at,
    )
    assert agency.asked[1]["if-none-match"] == '"1"'
    assert agency.asked[1]["if-modified-since"] == "Mon, 02 Nov 2026 00:00:00 GMT"


def test_a_landed_file_that_was_damaged_is_fetched_in_full(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(headers={"ETag": '"1"'}))
    fetch().path.write_bytes(BODY[:-1] + b"!")

    again = fetch()

    assert "if-none-match" not in agency.asked[1]
    assert again.is_new and again.path.read_bytes() == BODY


def test_the_same_bytes_sent_again_are_not_new(agency: Agency, fetch: Fetch, tmp_path: Path) -> None:
    agency.will(Answer())
    first = fetch()

    again = fetch()

    assert (again.is_new, again.path, again.fetched_at) == (False, first.path, first.fetched_at)
    assert left(tmp_path) == [".clinics.csv.download.json", "clinics.csv"]


def test_new_bytes_under_an_old_name_get_a_name_of_their_own(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(b"old"), Answer(b"new"))
    first = fetch()

    second = fetch()

    assert (first.path.read_bytes(), second.path.read_bytes(), second.is_new) == (b"old", b"new", True)
    assert second.path.name == f"clinics.{second.sha256[:12]}.csv"


def test_an_agency_that_goes_back_to_its_old_file_brings_nothing_new(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(b"old"), Answer(b"new"), Answer(b"old"))
    first, _ = fetch(), fetch()

    third = fetch()

    assert (third.is_new, third.path) == (False, first.path)


def test_a_file_of_the_same_name_put_there_by_hand_is_kept(agency: Agency, fetch: Fetch, tmp_path: Path) -> None:
    (tmp_path / "clinics.csv").write_bytes(b"by hand")
    agency.will(Answer())

    assert fetch().path.name != "clinics.csv"
    assert (tmp_path / "clinics.csv").read_bytes() == b"by hand"


def test_a_file_that_appears_at_the_last_moment_is_kept(
    agency: Agency, fetch: Fetch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clinics.csv").write_bytes(b"by hand")
    monkeypatch.setattr(os.path, "lexists", lambda _: False)
    agency.will(Answer())

    assert fetch().path.name != "clinics.csv"
    assert (tmp_path / "clinics.csv").read_bytes() == b"by hand"


RANGE_TAIL = {"ETag": '"1"', "Content-Range": f"bytes 4000-{len(BODY) - 1}/{len(BODY)}"}


def test_a_cut_transfer_goes_on_within_one_call(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(headers={"ETag": '"1"'}, sends=4000), Answer(BODY[4000:], 206, RANGE_TAIL))

    assert fetch().path.read_bytes() == BODY
    assert (agency.asked[1]["range"], agency.asked[1]["if-range"]) == ("bytes=4000-", '"1"')


def test_a_cut_transfer_goes_on_in_the_next_call(agency: Agency, fetch: Fetch, tmp_path: Path) -> None:
    agency.will(Answer(headers={"ETag": '"1"'}, sends=4000), Answer(BODY[4000:], 206, RANGE_TAIL))
    with pytest.raises(TryAgainLater, match="bytes_kept=4000"):
        fetch(limits=Limits(tries=1))

    assert fetch().path.read_bytes() == BODY
    assert left(tmp_path) == [".clinics.csv.download.json", "clinics.csv"]


def test_a_resumed_file_keeps_the_name_it_began_with(agency: Agency, fetch: Fetch) -> None:
    first = Answer(headers={"ETag": '"1"', "Content-Disposition": "attachment; filename=beds.csv"}, sends=4000)
    agency.will(first, Answer(BODY[4000:], 206, RANGE_TAIL))

    assert fetch().path.name == "beds.csv"


def test_long_transfers_are_kept_on_the_way(agency: Agency, fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: list[int] = []
    monkeypatch.setattr(module, "_CHECKPOINT", 4000)
    monkeypatch.setattr(module, "_BLOCK", 1000)
    monkeypatch.setattr(module, "_write", lambda _, note: kept.append(note["bytes"]))
    agency.will(Answer())

    fetch()

    assert kept[:2] == [4000, 8000]


def test_only_bytes_known_to_be_on_disk_are_built_upon(agency: Agency, fetch: Fetch, tmp_path: Path) -> None:
    agency.will(Answer(headers={"ETag": '"1"'}, sends=4000), Answer(BODY[4000:], 206, RANGE_TAIL))
    with pytest.raises(TryAgainLater):
        fetch(limits=Limits(tries=1))
    [part] = tmp_path.glob(".*.part")
    with part.open("ab") as file:
        file.write(b"\0" * 100)  # what a power cut leaves

    assert fetch().path.read_bytes() == BODY


def test_a_file_that_changed_meanwhile_starts_afresh(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(headers={"ETag": '"1"'}, sends=4000), Answer(b"another", headers={"ETag": '"2"'}))

    assert fetch().path.read_bytes() == b"another"


def test_a_range_of_another_version_is_not_glued_on(agency: Agency, fetch: Fetch) -> None:
    other = RANGE_TAIL | {"ETag": '"2"'}
    agency.will(Answer(headers={"ETag": '"1"'}, sends=4000), Answer(b"x" * 6000, 206, other), Answer(b"another"))

    assert fetch().path.read_bytes() == b"another"
    assert "range" not in agency.asked[2]


def test_a_range_that_cannot_be_met_starts_afresh(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(headers={"ETag": '"1"'}, sends=4000), Answer(b"", 416), Answer())

    assert fetch().path.read_bytes() == BODY


def test_a_range_that_ends_early_is_not_the_whole_file(agency: Agency, fetch: Fetch) -> None:
    early = Answer(BODY[4000:5000], 206, {"ETag": '"1"', "Content-Range": f"bytes 4000-4999/{len(BODY)}"})
    rest = Answer(BODY[5000:], 206, {"ETag": '"1"', "Content-Range": f"bytes 5000-{len(BODY) - 1}/{len(BODY)}"})
    agency.will(Answer(headers={"ETag": '"1"'}, sends=4000), early, rest)

    assert fetch().path.read_bytes() == BODY


def test_without_a_strong_validator_nothing_is_resumed(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(headers={"ETag": 'W/"1"'}, sends=4000))
    with pytest.raises(TryAgainLater):
        fetch(limits=Limits(tries=1))
    agency.will(Answer())

    assert fetch().path.read_bytes() == BODY
    assert "range" not in agency.asked[1]


def test_a_body_shorter_than_declared_never_lands(agency: Agency, fetch: Fetch, tmp_path: Path) -> None:
    agency.will(Answer(declares=len(BODY) + 7))

    with pytest.raises(TryAgainLater):
        fetch()
    assert not list(tmp_path.glob("clinics*"))


def test_a_body_of_unknown_length_is_refused_unless_allowed(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(headers={"Content-Length": ""}))

    with pytest.raises(DeliveryRefused, match="length_required=False"):
        fetch()
    assert fetch(limits=Limits(length_required=False)).path.read_bytes() == BODY


def test_a_chunked_body_lands_whole(agency: Agency, fetch: Fetch) -> None:
    agency.will(
        Answer(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", headers={"Content-Length": "", "Transfer-Encoding": "chunked"})
    )

    assert fetch().path.read_bytes() == b"abcde"


def test_a_chunked_body_that_is_cut_never_lands(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(b"3\r\nabc\r\n2\r\nd", headers={"Content-Length": "", "Transfer-Encoding": "chunked"}))

    with pytest.raises(TryAgainLater):
        fetch()


def test_a_busy_server_is_asked_again_when_it_says(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(b"", 503, {"Retry-After": "1"}), Answer())
    begun = time.monotonic()

    assert fetch().path.read_bytes() == BODY
    assert 1 <= time.monotonic() - begun < 5


def test_a_server_that_asks_for_an_hour_is_left_in_peace(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(b"", 429, {"Retry-After": "3600"}))

    with pytest.raises(TryAgainLater, match="wait 3600 s"):
        fetch()
    assert len(agency.asked) == 1


def test_tries_are_limited(agency: Agency, fetch: Fetch, tmp_path: Path) -> None:
    agency.will(Answer(b"", 500))

    with pytest.raises(TryAgainLater, match="answered 500"):
        fetch(limits=Limits(tries=3, backoff_s=0.01))
    assert (len(agency.asked), left(tmp_path)) == (3, [])


def test_a_server_that_is_away_means_later(tmp_path: Path) -> None:
    with Agency() as closed:
        url = closed.at("/clinics.csv?key=hunter2")

    with pytest.raises(TryAgainLater) as caught:
        download(url, tmp_path, limits=HASTE, allow_private=True)
    assert "hunter2" not in str(caught.value)


def test_a_missing_file_is_refused_at_once_and_its_query_kept_quiet(
    agency: Agency, fetch: Fetch, tmp_path: Path
) -> None:
    agency.will(Answer(b"", 404))

    with pytest.raises(DeliveryRefused, match="answered 404") as caught:
        fetch("/clinics.csv?key=hunter2")
    assert "hunter2" not in str(caught.value)
    assert (len(agency.asked), left(tmp_path)) == (1, [])


def test_a_file_declared_too_large_is_refused(agency: Agency, fetch: Fetch, tmp_path: Path) -> None:
    agency.will(Answer())

    with pytest.raises(DeliveryRefused, match="larger than 9,999 bytes"):
        fetch(limits=Limits(max_bytes=9_999))
    assert left(tmp_path) == []


def test_a_file_that_grows_too_large_is_refused(agency: Agency, fetch: Fetch, tmp_path: Path) -> None:
    agency.will(Answer(headers={"Content-Length": "", "ETag": '"1"'}))

    with pytest.raises(DeliveryRefused, match="larger than 9,999 bytes"):
        fetch(limits=Limits(max_bytes=9_999, length_required=False))
    assert left(tmp_path) == []


def test_a_dripping_server_is_given_up(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(pause_s=0.02))

    with pytest.raises(TryAgainLater, match="less than 1000 bytes per second"):
        fetch(limits=Limits(tries=1, min_bytes_per_s=1000, speed_window_s=0.2))


def test_a_silent_server_is_given_up(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(pause_s=2))

    with pytest.raises(TryAgainLater, match="connection failed"):
        fetch(limits=Limits(tries=1, read_s=0.2))


def test_the_total_time_holds_for_a_body_that_drips(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(pause_s=0.02, headers={"Content-Length": ""}))

    with pytest.raises(TryAgainLater, match=r"not done within 0.3 s"):
        fetch(limits=Limits(total_s=0.3, length_required=False))


def test_the_total_time_holds_for_headers_that_drip(
    agency: Agency, fetch: Fetch, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drip(desk: Desk) -> None:
        desk.wfile.write(b"HTTP/1.0 200 OK\r\nX-Long: ")
        for _ in range(100):
            desk.wfile.write(b"x")
            time.sleep(0.02)

    monkeypatch.setattr(Desk, "do_GET", drip)

    with pytest.raises(TryAgainLater, match=r"not done within 0.3 s"):
        fetch(limits=Limits(total_s=0.3))


@pytest.mark.parametrize(
    "page",
    [
        Answer(b"sorry", headers={"Content-Type": "text/html; charset=utf-8"}),
        Answer(b"\xef\xbb\xbf\r\n <!DOCTYPE html><p>sorry", headers={"Content-Type": "text/csv"}),
        Answer(b"<HTML><p>sorry"),
    ],
    ids=["by type", "by doctype", "by tag"],
)
def test_an_html_page_instead_of_a_file_is_refused(agency: Agency, fetch: Fetch, tmp_path: Path, page: Answer) -> None:
    agency.will(page)

    with pytest.raises(DeliveryRefused, match="HTML page instead of clinics"):
        fetch()
    assert left(tmp_path) == []


def test_a_page_that_was_asked_for_lands(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(b"<html>", headers={"Content-Type": "text/html"}))

    assert fetch("/list.html").path.name == "list.html"


def test_an_empty_answer_is_refused(agency: Agency, fetch: Fetch, tmp_path: Path) -> None:
    agency.will(Answer(b""))

    with pytest.raises(DeliveryRefused, match="nothing"):
        fetch()
    assert left(tmp_path) == []


def test_packed_bytes_nobody_asked_for_are_refused(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(headers={"Content-Encoding": "gzip"}))

    with pytest.raises(DeliveryRefused, match="packed"):
        fetch()


def moved(to: str) -> Answer:
    return Answer(b"", 302, {"Location": to})


def test_a_redirect_is_followed_and_told(agency: Agency, fetch: Fetch) -> None:
    agency.will(moved("/files/2026.csv?sig=1"), Answer())

    got = fetch()

    assert (got.path.name, got.url, got.final_url) == ("2026.csv", agency.at(), agency.at("/files/2026.csv?sig=1"))


def test_redirects_are_limited(agency: Agency, fetch: Fetch) -> None:
    agency.will(moved("/again"))

    with pytest.raises(DeliveryRefused, match="more than 5 times"):
        fetch()
    assert len(agency.asked) == 6


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "ftp://127.0.0.1/x", "http://me:hunter2@127.0.0.1/x", "http://[::"]
)
def test_a_redirect_out_of_the_web_is_refused(agency: Agency, fetch: Fetch, to: str) -> None:
    agency.will(moved(to))

    with pytest.raises(DeliveryRefused) as caught:
        fetch()
    assert "hunter2" not in str(caught.value)


def test_a_redirect_to_a_private_address_is_refused(
    agency: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "is_public", lambda address: address == "127.0.0.1")  # our server plays the agency
    monkeypatch.setattr(web, "resolve", lambda host, _: ["127.0.0.1" if host == "agency.example" else "10.0.0.8"])
    agency.will(moved("http://inside.example/secret.csv"))

    with pytest.raises(DeliveryRefused, match=r"inside\.example is not a public address"):
        download(agency.at(host="agency.example"), tmp_path, limits=HASTE)


def test_one_private_address_among_public_ones_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web, "resolve", lambda *_: ["8.8.8.8", "127.0.0.1"])

    with pytest.raises(UsageError, match="not a public address"):
        download("https://agency.example/clinics.csv", tmp_path, limits=HASTE)


def test_the_name_is_looked_up_once_per_connection(
    agency: Agency, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        looked_up.append(host)
        return ["127.0.0.1"]

    monkeypatch.setattr(web, "resolve", resolve)
    agency.will(Answer())

    download(agency.at(host="agency.invalid"), tmp_path, limits=HASTE, allow_private=True)

    assert (looked_up, agency.asked[0]["host"]) == (["agency.invalid"], f"agency.invalid:{agency.server_port}")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "100.100.100.200",
        "0.0.0.0",  # noqa: S104 - nothing binds to it here
        "224.0.0.1",
        "240.0.0.1",
        "192.0.0.192",
        "168.63.129.16",
        "::1",
        "::",
        "fe80::1%eth0",
        "fc00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:7f00:1::",
    ],
)
def test_addresses_inside_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "117.56.91.94", "2001:4860:4860::8888"])
def test_addresses_of_the_open_internet_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]", "localhost"])
def test_this_machine_is_refused_however_it_is_written(tmp_path: Path, host: str) -> None:
    with pytest.raises(UsageError, match="not a public address"):
        download(f"http://{host}/clinics.csv", tmp_path, limits=HASTE)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "clinics.csv",
        "http://",
        "http://a:99999/",
        "http://a/\r\nX: y",
        "http://me:hunter2@a/x",
        "http://[::1",
        "http://me:hunter2@[::1",
        "http://" + "a" * 70 + "/",
    ],
)
def test_an_address_we_do_not_fetch_from_is_our_users_mistake(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError) as caught:
        download(url, tmp_path)
    assert "hunter2" not in str(caught.value)
    assert left(tmp_path) == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/%2e%2e%2fx.csv", "x.csv"),
        ("/a/%2e%2e", "download"),
        ("/..%5C..%5Cx.csv", "x.csv"),
        ("/.ssh", "ssh"),
        ("/_SUCCESS", "SUCCESS"),
        ("/a%0Ab%00.csv", "a_b_.csv"),
        ("/x{a,b}*.csv", "x_a,b__.csv"),
        ("/" + quote("醫院 診所.csv"), "醫院 診所.csv"),
        ("/" + quote("診所.csv", encoding="cp950"), "診所.csv"),
        ("/%E2%80%AEvsc.exe", "vsc.exe"),
        ("/", "download"),
    ],
)
def test_a_name_from_the_address_is_made_safe(
    agency: Agency, fetch: Fetch, tmp_path: Path, path: str, name: str
) -> None:
    agency.will(Answer())

    assert fetch(path).path == tmp_path / name


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="../x.csv"', "x.csv"),
        ("attachment; filename=/etc/passwd", "passwd"),
        ('attachment; filename="a;b.csv"', "a;b.csv"),
        ("attachment; filename=\"no.csv\"; filename*=UTF-8''%E8%A8%BA%E6%89%80.csv", "診所.csv"),
        ("attachment; filename=" + "診所.csv".encode().decode("latin-1"), "診所.csv"),
        ("attachment", "clinics.csv"),
        ('attachment; filename=""', "download"),
    ],
)
def test_a_name_the_server_gives_is_made_safe(
    agency: Agency, fetch: Fetch, tmp_path: Path, disposition: str, name: str
) -> None:
    agency.will(Answer(headers={"Content-Disposition": disposition}))

    assert fetch().path == tmp_path / name


def test_a_long_name_keeps_its_ending_and_has_room_for_a_tag(agency: Agency, fetch: Fetch) -> None:
    agency.will(Answer(b"old"), Answer(b"new"))
    path = "/" + quote("診" * 300 + ".csv")

    names = [fetch(path).path.name for _ in range(2)]

    assert all(len(name.encode()) <= 200 and name.endswith(".csv") for name in names)
    assert names[0] != names[1]


def test_a_file_being_fetched_by_another_process_is_left_to_it(agency: Agency, fetch: Fetch, tmp_path: Path) -> None:
    part = tmp_path / f".{sha256(agency.at().encode()).hexdigest()[:16]}.part"
    with part.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)

        with pytest.raises(TryAgainLater, match="another process"):
            fetch()


def test_a_part_that_a_kill_left_linked_to_the_landed_file_is_not_written_to(
    agency: Agency, fetch: Fetch, tmp_path: Path
) -> None:
    agency.will(Answer(b"old"), Answer(b"new"))
    landed = fetch().path
    (tmp_path / f".{sha256(agency.at().encode()).hexdigest()[:16]}.part").hardlink_to(landed)

    fetch()

    assert landed.read_bytes() == b"old"


def test_a_full_disk_means_later(fetch: Fetch, agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    agency.will(Answer())
    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(TryAgainLater, match="No space left"):
        fetch()


def test_a_record_nobody_can_read_costs_one_more_transfer(agency: Agency, fetch: Fetch, tmp_path: Path) -> None:
    agency.will(Answer())
    fetch()
    (tmp_path / ".clinics.csv.download.json").write_text("{")

    assert not fetch().is_new
    assert json.loads((tmp_path / ".clinics.csv.download.json").read_text())["bytes"] == len(BODY)


@pytest.fixture
def secure(agency: Agency, tmp_path_factory: pytest.TempPathFactory) -> tuple[Agency, Path]:
    """Turn our server into https://agency.example; gives it and its certificate."""
    folder = tmp_path_factory.mktemp("tls")
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out cert.pem "
        "-days 2 -subj /CN=agency.example -addext subjectAltName=DNS:agency.example"
    )
    subprocess.run(shlex.split(command), cwd=folder, check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    agency.socket = context.wrap_socket(agency.socket, server_side=True)
    agency.scheme = "https"
    agency.will(Answer())
    return agency, folder / "cert.pem"


def test_the_certificate_is_checked_against_the_name_not_the_pinned_address(
    secure: tuple[Agency, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency, certificate = secure
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setattr(web, "resolve", lambda *_: ["127.0.0.1"])

    got = download(agency.at(host="agency.example"), tmp_path, limits=HASTE, allow_private=True)
    assert got.path.read_bytes() == BODY
    with pytest.raises(DeliveryRefused, match=r"certificate of other\.example is not valid"):
        download(agency.at(host="other.example"), tmp_path, limits=HASTE, allow_private=True)


def test_a_redirect_away_from_tls_is_refused(
    secure: tuple[Agency, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency, certificate = secure
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setattr(web, "resolve", lambda *_: ["127.0.0.1"])
    agency.will(moved("http://agency.example/clinics.csv"))

    with pytest.raises(DeliveryRefused, match="without TLS"):
        download(agency.at(host="agency.example"), tmp_path, limits=HASTE, allow_private=True)
