"""Ask the web for one address: checked places, pinned connections, bounded waiting. Knows nothing of files."""

from __future__ import annotations

import ipaddress
import random
import socket
import time
import unicodedata
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Timer
from typing import TYPE_CHECKING
from urllib.parse import quote, urljoin, urlsplit

from lakeward.lake.errors import DeliveryRefused, LakewardError, TryAgainLater

if TYPE_CHECKING:
    from urllib3 import HTTPResponse
    from urllib3.connection import HTTPConnection

_NOT_FOR_US = [ipaddress.ip_network(n) for n in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24", "2002::/16")]
_UNICAST6 = ipaddress.ip_network("2000::/3")
LOOK = "open the agency's page, see what it offers now, and correct the source in the declaration"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much and how long one download may take; `_s` are seconds, `total_s` spans all tries of a call."""

    max_bytes: int = 4 << 30
    total_s: float = 3600
    connect_s: float = 10
    read_s: float = 60
    min_bytes_per_s: float = 1024
    speed_window_s: float = 30
    tries: int = 4
    redirects: int = 5
    backoff_s: float = 1
    longest_wait_s: float = 120
    length_required: bool = True


DEFAULT = Limits()


class Again(Exception):
    """This try failed; another may not."""

    def __init__(self, problem: str, after_s: float | None = None) -> None:
        super().__init__(problem)
        self.after_s = after_s


@dataclass(frozen=True, slots=True)
class Place:
    """An address taken apart; as text it shows no query."""

    url: str
    scheme: str
    host: str
    port: int
    authority: str
    target: str
    refusal: type[LakewardError]

    def __str__(self) -> str:  # for messages: no query, no fragment
        return f"{self.scheme}://{self.authority}{self.target.partition('?')[0]}"


def place_of(url: str, refusal: type[LakewardError], base: str = "") -> Place:
    """Take an address apart; what cannot be asked for is refused with `refusal`."""
    remedy = "give an http(s) address without name, password and control characters; keys go into its query"
    try:
        url = urljoin(base, url)
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError:
        raise refusal("the address cannot be read", remedy=remedy) from None  # its text may hold a password
    if any(unicodedata.category(c) in ("Cc", "Cs") for c in url):
        raise refusal("the address holds control characters", remedy=remedy)
    if parts.scheme not in ("http", "https") or not host:
        raise refusal("the address is not http or https with a host", remedy=remedy)
    if "@" in parts.netloc:
        raise refusal("the address carries a name or password", remedy=remedy, host=host)
    usual = 443 if parts.scheme == "https" else 80
    shown = f"[{host}]" if ":" in host else host
    authority = shown if port in (None, usual) else f"{shown}:{port}"
    query = f"?{parts.query}" if parts.query else ""
    target = quote((parts.path or "/") + query, safe="!$%&'()*+,/:;=?@[]~")
    return Place(url, parts.scheme, host, usual if port is None else port, authority, target, refusal)


@dataclass(slots=True)
class Call:
    """One download: where it goes, what it may cost, how often it was tried."""

    place: Place
    limits: Limits
    allow_private: bool
    deadline: float
    tries: int = 0


@contextmanager
def network(place: Place, deadline: float) -> Iterator[None]:
    """Turn what a connection throws into a refusal or a reason to try again."""
    import ssl
    from http.client import HTTPException

    from urllib3.exceptions import HTTPError

    try:
        yield
    except ssl.SSLCertVerificationError as error:
        remedy = "ask the agency to renew it, or add its authority's certificate with SSL_CERT_FILE"
        raise DeliveryRefused(f"the certificate of {place.host} is not valid", remedy=remedy) from error
    except (HTTPError, HTTPException, OSError) as error:
        raise Again(f"the connection failed ({type(error).__name__})") from error
    if time.monotonic() >= deadline:  # our watchdog's cut can look like a clean end
        raise Again("out of time")


def resolve(host: str, port: int) -> list[str]:
    """Look up every address of a host; tests put their own answer in its place."""
    return list(dict.fromkeys(str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def is_public(address: str) -> bool:
    """Tell whether an address is an ordinary one of the open internet; mapped and tunnelled ones are not."""
    ip = ipaddress.ip_address(address)
    usual = ip.is_global and not ip.is_multicast and (ip.version == 4 or ip in _UNICAST6)
    return usual and not any(ip in network for network in _NOT_FOR_US)


def _connect(place: Place, call: Call) -> HTTPConnection:
    from ssl import create_default_context

    from urllib3.connection import HTTPConnection, HTTPSConnection

    with network(place, call.deadline):
        addresses = resolve(place.host, place.port)
    if not call.allow_private and not all(map(is_public, addresses)):
        problem = f"{place.authority} is not a public address"
        raise place.refusal(problem, remedy="use the agency's public address; inside one's own network, allow_private")
    address = addresses[call.tries % len(addresses)]  # the checked one; the name is not looked up again
    timeout = min(call.limits.connect_s, max(0.1, call.deadline - time.monotonic()))
    connection = (
        HTTPConnection(address, place.port, timeout=timeout)
        if place.scheme == "http"
        else HTTPSConnection(
            address, place.port, timeout=timeout, ssl_context=create_default_context(), server_hostname=place.host
        )
    )
    with network(place, call.deadline):
        connection.connect()
    connection.timeout = call.limits.read_s
    return connection


def _cut(sock: socket.socket) -> None:
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)


@contextmanager
def answering(call: Call, asked: dict[str, str]) -> Iterator[tuple[HTTPResponse, Place]]:
    """Ask, follow checked redirects, and give the last answer with the place that gave it."""
    place = call.place
    for _ in range(call.limits.redirects + 1):
        with closing(_connect(place, call)) as connection:
            # read timeouts alone let a server drip its headers for ever
            watchdog = Timer(max(0, call.deadline - time.monotonic()), _cut, (connection.sock,))
            watchdog.daemon = True
            watchdog.start()
            try:
                with network(place, call.deadline):
                    headers = {**asked, "Host": place.authority}
                    connection.request("GET", place.target, headers=headers, preload_content=False)
                    answer = connection.getresponse()
                if answer.status not in (301, 302, 303, 307, 308):
                    yield answer, place
                    return
            finally:
                watchdog.cancel()
        there = answer.headers.get("Location", "").encode("latin-1", "replace").decode("utf-8", "replace")
        before, place = place, place_of(there, DeliveryRefused, place.url)
        if before.scheme == "https" and place.scheme == "http":
            raise DeliveryRefused(f"{before} redirects to an address without TLS", remedy=LOOK)
    raise DeliveryRefused(f"{call.place} redirects more than {call.limits.redirects} times", remedy=LOOK)


def wait(again: Again, call: Call, kept: int) -> None:
    """Wait before the next try.

    Raises:
        TryAgainLater: there is none left.
    """
    limits, call.tries = call.limits, call.tries + 1
    grown = limits.backoff_s * 2 ** (call.tries - 1) * random.SystemRandom().uniform(0.5, 1.5)
    pause = min(grown, limits.longest_wait_s) if again.after_s is None else again.after_s
    if call.tries >= limits.tries or pause > limits.longest_wait_s or time.monotonic() + pause > call.deadline:
        late = f"not done within {limits.total_s:g} s" if time.monotonic() >= call.deadline else str(again)
        wait = f"wait {again.after_s:.0f} s, as the server asks" if again.after_s else "wait a little"
        remedy = f"{wait}, then run again; what was kept is not fetched twice"
        raise TryAgainLater(f"{call.place}: {late}", remedy=remedy, tries=call.tries, bytes_kept=kept) from again
    time.sleep(pause)


def retry_after_s(text: str) -> float | None:
    """Read a Retry-After header as seconds; None when it cannot be read."""
    from email.utils import parsedate_to_datetime

    if text.strip().isdecimal():
        return float(text)
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError):
        return None
