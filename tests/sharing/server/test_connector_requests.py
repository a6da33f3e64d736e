"""What Spark's connector (1.4.1, of Delta 4.4.0) asks, word for word as it was seen to, and what it must get.

`test_spark_connector.py` lets the connector itself ask, where it is; these run everywhere.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from shared_world import World, files, lines, world

FEATURES = (
    "deletionVectors,columnMapping,timestampNtz,typeWidening-preview,typeWidening,variantType-preview,geospatial,"
    "variantType,variantShredding-preview,variantShredding"
)
ASKED = {
    "parquet": "responseformat=parquet",
    "delta": f"responseformat=delta;readerfeatures={FEATURES}",
    "either": f"responseformat=parquet,delta;readerfeatures={FEATURES}",
}
STREAMING = "Delta-Sharing-SparkStructuredStreaming/1.4.1 Spark/4.2.0"
FORMS = pytest.mark.parametrize("form", ["parquet", "delta"])


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("asked")) as made:
        yield made


def asking(form: str, more: str = "", agent: str = "Delta-Sharing-Spark/1.4.1 Spark/4.2.0") -> dict[str, str]:
    """Give the connector's headers."""
    return {"delta-sharing-capabilities": ASKED[form] + more, "user-agent": agent}


def counties(answer: Any) -> list[str | None]:
    """Give the partitions of an answer's files, in either format."""
    held = [file.get("deltaSingleAction", {}).get("add", file) for file in files(answer)]
    return [each["partitionValues"]["county_name"] for each in held]


def column(name: str, kind: str) -> dict[str, str]:
    return {"op": "column", "name": name, "valueType": kind}


def compared(op: str, name: str, value: str, kind: str) -> dict[str, Any]:
    return {"op": op, "children": [column(name, kind), {"op": "literal", "value": value, "valueType": kind}]}


def is_null(name: str, kind: str) -> dict[str, Any]:
    return {"op": "isNull", "children": [column(name, kind)]}


@pytest.mark.parametrize(("table", "form", "given"), [
    ("crashes", "parquet", "parquet"), ("crashes", "delta", "delta"), ("crashes", "either", "parquet"),
    ("vectors", "either", "delta"), ("mapped", "either", "delta"), ("naive", "either", "delta"),
])  # fmt: skip
def test_metadata_names_the_format_the_version_and_the_size(shared: World, table: str, form: str, given: str) -> None:
    answer = shared.of(table, "metadata", headers=asking(form))

    assert answer.headers["delta-sharing-capabilities"] == f"responseformat={given}"
    assert int(answer.headers["delta-table-version"]) >= 0
    told = lines(answer)[1]["metaData"]
    assert told["size"] > 0 and told["numFiles"] > 0  # without a size the connector gives up
    assert ("deltaMetadata" in told) == (given == "delta")


@FORMS
def test_a_whole_read_asks_for_a_token_to_read_on_with(shared: World, form: str) -> None:
    first = lines(shared.query("crashes", asking(form), predicateHints=[], includeRefreshToken=True))
    token = first[-1]["endStreamAction"]["refreshToken"]

    again = shared.query(
        "crashes", asking(form), predicateHints=[], includeRefreshToken=True, refreshToken=token
    )  # fmt: skip
    assert again.headers["delta-table-version"] == "4"
    assert [line["file"]["id"] for line in first if "file" in line] == [file["id"] for file in files(again)]


@FORMS
def test_a_filter_comes_as_sql_with_casts_and_as_json(shared: World, form: str) -> None:
    sql = [
        "(CAST(partitionValues.county_name AS STRING) IS NOT NULL)",
        "(CAST(partitionValues.county_name AS STRING) = '臺北市')",
    ]
    there = {"op": "not", "children": [is_null("county_name", "string")]}
    parts = {"op": "and", "children": [there, compared("equal", "county_name", "臺北市", "string")]}
    some = {"op": "not", "children": [is_null("deaths", "long")]}
    rows = {"op": "and", "children": [some, compared("greaterThan", "deaths", "20", "long")]}
    hints = json.dumps({"op": "and", "children": [parts, rows]})

    by_both = shared.query(
        "crashes", asking(form), predicateHints=sql if form == "parquet" else [], jsonPredicateHints=hints,
        includeRefreshToken=True,
    )  # fmt: skip
    assert counties(by_both) == ["臺北市"]
    assert "臺北市" in counties(shared.query("crashes", asking(form), predicateHints=sql, includeRefreshToken=True))


@FORMS
def test_rows_of_a_null_partition_are_found_and_come_as_null(shared: World, form: str) -> None:
    sql = ["(CAST(partitionValues.county_name AS STRING) IS NULL)"]
    hints = json.dumps(is_null("county_name", "string"))
    for more in ({"jsonPredicateHints": hints, "predicateHints": sql}, {"jsonPredicateHints": hints}):
        assert counties(shared.query("crashes", asking(form), includeRefreshToken=True, **more)) == [None]


@FORMS
@pytest.mark.parametrize(("body", "count", "version"), [
    ({"predicateHints": [], "limitHint": 7, "includeRefreshToken": True}, 1, 4),
    ({"predicateHints": [], "version": 0, "includeRefreshToken": False}, 3, 0),
    ({"predicateHints": [], "includeRefreshToken": True, "idempotency_key": "369df4fe-3476-47a2-9103-9811b51858fd"}, 3, 4),
])  # fmt: skip
def test_bodies_as_the_connector_writes_them(
    shared: World, form: str, body: dict[str, Any], count: int, version: int
) -> None:
    answer = shared.query("crashes", asking(form), **body)

    assert len(files(answer)) == count and answer.headers["delta-table-version"] == str(version)
    assert "endStreamAction" in lines(answer)[-1] or not body["includeRefreshToken"]


@FORMS
def test_a_query_that_may_wait_is_answered_at_once(shared: World, form: str) -> None:
    answer = shared.query("crashes", asking(form, ";asyncquery=true"), predicateHints=[], includeRefreshToken=True)

    assert answer.headers["delta-sharing-capabilities"] == f"responseformat={form}" and len(files(answer)) == 3


@FORMS
def test_later_pages_are_asked_for_with_less_than_the_first(shared: World, form: str) -> None:
    headers, found, body = asking(form, ";includeendstreamaction=true"), [], {"includeRefreshToken": True}
    for _ in range(3):
        answer = shared.query("crashes", headers, predicateHints=[], maxFiles=1, **body)
        assert answer.headers["delta-sharing-capabilities"] == f"responseformat={form};includeendstreamaction=true"
        *told, last = lines(answer)
        found += [line["file"]["id"] for line in told if "file" in line]
        body = {"pageToken": last["endStreamAction"].get("nextPageToken")}

    assert len(set(found)) == 3 and body == {"pageToken": None}


@FORMS
@pytest.mark.parametrize("by_time", [False, True])
def test_changes_are_asked_for_with_words_of_sparks_own(shared: World, form: str, by_time: bool) -> None:
    when = {
        version: datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        for version, at in shared.times("crashes").items()
    }
    between = (
        {"startingTimestamp": when[1], "endingTimestamp": when[3]} if by_time else {"startingVersion": 1, "endingVersion": 3}
    )  # fmt: skip
    told = lines(shared.of(
        "crashes", "changes", headers=asking(form), readChangeFeed="true", **between,
        **({"includeHistoricalMetadata": "true"} if form == "delta" else {}),
    ))  # fmt: skip

    changes = [line for line in told if not {"protocol", "metaData"} & set(line)]
    versions = [each["version"] for line in changes for each in line.values()]
    assert sorted(set(versions)) == [1, 2, 3] and all(each["timestamp"] for line in changes for each in line.values())
    assert (form == "delta") == all("file" in line for line in changes)
    assert form == "parquet" or "version" in told[1]["metaData"]


@FORMS
def test_a_stream_asks_for_the_version_and_then_for_all_that_came(shared: World, form: str) -> None:
    headers = asking(form, agent=STREAMING)
    newest = int(shared.of("plain", "version", headers=headers).headers["delta-table-version"])

    whole = shared.query("plain", headers, predicateHints=[], version=newest, includeRefreshToken=False)
    came = shared.query("plain", headers, predicateHints=[], startingVersion=1, endingVersion=newest)
    versions = [each["version"] for line in lines(came) for kind, each in line.items() if kind in ("add", "file")]
    assert len(files(whole)) == 4 and sorted(versions) == [1, 2, 4]


def test_a_file_is_read_by_ranges_from_its_end(shared: World) -> None:
    file = files(shared.query("crashes", asking("parquet"), predicateHints=[], includeRefreshToken=True))[0]
    whole = shared.http.get(file["url"]).content
    size = file["size"]

    for first, last in ((size - 8, size - 1), (size // 2, size - 1), (4, size - 1)):
        answer = shared.http.get(file["url"], headers={"Range": f"bytes={first}-{last}"})
        assert answer.status_code == 206 and answer.content == whole[first : last + 1]
