"""Whatever is asked: no fault of ours, nothing outside of the grant, nothing from outside of the lake's shared tables."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shared_world import World, world

REQUESTS = int(os.environ.get("LAKEWARD_FUZZ", "400"))
SECRET, UNGRANTED = "a file beside the tables", "63000010"
NAMES = st.sampled_from(["police", "maps", "gold", "crashes", "vectors", "mapped", "naive", "towns", "..", ".", "%2e%2e", "_delta_log",
                         "_recipients", "taipei.json", "secret", "臺北", "a" * 300, "%00", "x y", "crashes/", "*", "null"]) | st.text(max_size=6)  # fmt: skip
WORDS = st.sampled_from(
    [
        "0",
        "1",
        "4",
        "5",
        "-1",
        "x",
        "",
        "2024-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "true",
        "99999999999999999999",
        "1e9",
        "é",
    ]
)
PATHS = st.one_of(
    st.lists(NAMES, max_size=8),
    st.tuples(st.just("shares"), NAMES, st.just("schemas"), NAMES, st.just("tables"), NAMES, st.sampled_from(["query", "metadata", "changes", "version", "queries"])),
    st.tuples(st.just("shares"), st.just("police"), st.just("schemas"), st.just("gold"), st.just("tables"), st.sampled_from(["crashes", "vectors", "plain", "nothing"]), st.sampled_from(["query", "metadata", "changes"])),
    st.tuples(st.just("files"), NAMES, NAMES, NAMES),
)  # fmt: skip
QUERIES = st.dictionaries(st.sampled_from(["startingVersion", "endingVersion", "version", "timestamp", "startingTimestamp", "endingTimestamp",
    "maxResults", "maxFiles", "pageToken", "reader", "X-Amz-Expires", "X-Amz-Signature", "includeHistoricalMetadata"]), WORDS | st.text(max_size=5), max_size=4)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["op", "children", "name", "value", "valueType", "x"]), inner, max_size=4),
    max_leaves=8,
)  # fmt: skip
BODIES = st.dictionaries(st.sampled_from(["predicateHints", "jsonPredicateHints", "limitHint", "version", "timestamp", "startingVersion",
    "endingVersion", "maxFiles", "pageToken", "includeRefreshToken", "refreshToken", "idempotencyKey", "includeHistoricalProtocol"]), JSON, max_size=4)  # fmt: skip
HEADERS = st.fixed_dictionaries({}, optional={
    "delta-sharing-capabilities": st.sampled_from(["responseformat=delta", "responseformat=delta,parquet;readerfeatures=deletionvectors,columnmapping,timestampntz",
        "includeendstreamaction=true", ";;=;==", "responseformat=", "asyncquery=true"]) | st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12),
    "fileidhash": st.sampled_from(["parquet", "delta", "x"]),
    "range": st.sampled_from(["bytes=0-", "bytes=9-1", "bytes=" + "0-," * 999 + "0-", "bytes=-99999999999999999999", "lines=1"]),
    "content-encoding": st.just("gzip"),
})  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("fuzzed"), rate="1000000000/minute") as made:
        (made.lake.root / "secret").write_text(SECRET)
        yield made


def _hold(shared: World, answer: Any) -> None:
    assert answer.status_code < 500, (answer.request, answer.request.content, answer.text)
    for hidden in (
        SECRET,
        UNGRANTED,
        str(shared.lake.root),
        shared.token.split(".")[1],
        '"maps"',
        "sha256",
        "commitInfo",
    ):
        assert hidden not in answer.text, (answer.request, hidden)


@settings(max_examples=REQUESTS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS"]), PATHS, QUERIES, BODIES | JSON, HEADERS,
    st.sampled_from([True, True, True, False]),
)  # fmt: skip
def test_nothing_breaks_and_nothing_leaks(
    shared: World, method: str, path: Any, query: dict[str, str], body: Any, headers: dict[str, str], is_known: bool
) -> None:
    url = "/delta-sharing/" + "/".join(quote(part, safe="%./", errors="replace") for part in path)
    given_headers = {**headers, **(shared.bearer if is_known else {})}

    answer = shared.http.request(method, url, params=query, json=body, headers=given_headers)

    _hold(shared, answer)
    if not is_known and answer.status_code == 200:
        raise AssertionError((answer.request, answer.text))


@settings(max_examples=REQUESTS, deadline=None, database=None, suppress_health_check=list(HealthCheck))
@given(PATHS.filter(lambda path: path[-1:] in (("query",), ("metadata",), ("changes",))), BODIES, HEADERS)
def test_tables_hold_against_any_body(shared: World, path: Any, body: dict[str, Any], headers: dict[str, str]) -> None:
    table = path[-2] if path[-2].isascii() and path[-2].isalpha() else "crashes"

    _hold(shared, shared.query(table, headers, **body))
