"""The open protocol, item by item: one test for each that `docs/sharing.md` says the server keeps."""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from shared_world import World, files, lines, world

from lakeward.lake import delta
from lakeward.sharing.server import recipients

CRASHES = "/shares/police/schemas/gold/tables/crashes"
BOTH = {
    "delta-sharing-capabilities": "responseformat=delta,parquet;readerfeatures=deletionvectors,columnmapping,timestampntz"
}
DELTA = {"delta-sharing-capabilities": "ResponseFormat=DELTA;ReaderFeatures=deletionVectors,columnMapping,timestampNtz"}
END = {"delta-sharing-capabilities": "includeendstreamaction=true"}
NDJSON = "application/x-ndjson; charset=utf-8"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("shared")) as made:
        yield made


def refused(answer: Any, status: int, about: str = "") -> None:
    """Hold an answer against the protocol's shape of errors."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    told = answer.json()
    assert set(told) == {"errorCode", "message"} and told["errorCode"]
    assert about in told["message"], told


def comparison(op: str, name: str, value: object, kind: str) -> str:
    column = {"op": "column", "name": name, "valueType": kind}
    return json.dumps({"op": op, "children": [column, {"op": "literal", "value": value, "valueType": kind}]})


# --- Listing


def test_shares_are_listed_as_far_as_they_are_granted(shared: World) -> None:
    assert shared.get("/shares").json() == {"items": [{"name": "police"}]}


def test_one_share_is_given(shared: World) -> None:
    assert shared.get("/shares/police").json() == {"share": {"name": "police"}}


def test_schemas_of_a_share_are_listed(shared: World) -> None:
    assert shared.get("/shares/police/schemas").json() == {"items": [{"name": "gold", "share": "police"}]}


@pytest.mark.parametrize("path", ["/shares/police/schemas/gold/tables", "/shares/police/all-tables"])
def test_tables_that_are_built_are_listed(shared: World, path: str) -> None:
    told = shared.get(path).json()["items"]

    assert [each["name"] for each in told] == ["crashes", "mapped", "naive", "nothing", "plain", "vectors"]
    assert all((each["schema"], each["share"]) == ("gold", "police") for each in told)


def test_lists_come_in_pages_whose_tokens_lead_on(shared: World) -> None:
    found, token = [], None
    for _ in range(9):
        page = shared.get("/shares/police/all-tables", maxResults=2, **({"pageToken": token} if token else {})).json()
        found += [each["name"] for each in page["items"]]
        token = page.get("nextPageToken")
        if not token:
            break

    assert found == ["crashes", "mapped", "naive", "nothing", "plain", "vectors"]


def test_a_page_of_no_items_is_empty_and_has_a_token(shared: World) -> None:
    page = shared.get("/shares", maxResults=0).json()

    assert page["items"] == [] and page["nextPageToken"]


@pytest.mark.parametrize("wrong", ["-1", "x", "501", "1.5", "9" * 30])
def test_a_page_size_that_is_none_is_refused(shared: World, wrong: str) -> None:
    refused(shared.get("/shares", maxResults=wrong), 400, "maxResults")


def test_a_page_token_that_was_changed_or_is_of_another_list_is_refused(shared: World) -> None:
    token = shared.get("/shares/police/all-tables", maxResults=1).json()["nextPageToken"]

    refused(
        shared.get("/shares/police/all-tables", pageToken=("B" if token[0] == "A" else "A") + token[1:]), 400, "token"
    )
    refused(shared.get("/shares/police/schemas/gold/tables", pageToken=token), 400, "token")
    refused(shared.get("/shares/police/all-tables", pageToken="é~"), 400, "token")


@pytest.mark.parametrize("path", ["", "/schemas", "/all-tables", "/schemas/gold/tables"])
def test_in_lists_an_ungranted_share_and_an_unknown_one_answer_alike(shared: World, path: str) -> None:
    hidden, unknown = shared.get(f"/shares/maps{path}"), shared.get(f"/shares/atlantis{path}")

    refused(hidden, 404)
    assert hidden.text == unknown.text and hidden.status_code == unknown.status_code


def test_names_are_the_same_in_any_case(shared: World) -> None:
    answer = shared.get("/shares/POLICE/schemas/Gold/tables/CRASHES/version")

    assert answer.headers["delta-table-version"] == "4"


@pytest.mark.parametrize("name", ["a%20b", "a%00b", "%7f", "x" * 256])
def test_what_cannot_be_a_name_is_refused(shared: World, name: str) -> None:
    refused(shared.get(f"/shares/{name}"), 400, "name")


def test_names_are_decoded_once(shared: World) -> None:
    refused(shared.get("/shares/%2570olice"), 404)
    assert shared.get("/shares/%70olice").status_code == 200


# --- Version


def test_the_version_is_told_in_a_header_of_an_empty_answer(shared: World) -> None:
    answer = shared.get(f"{CRASHES}/version")

    assert (answer.status_code, answer.headers["delta-table-version"], answer.content) == (200, "4", b"")


def test_the_older_way_to_ask_for_the_version_is_answered_too(shared: World) -> None:
    answer = shared.http.head(f"/delta-sharing{CRASHES}", headers=shared.bearer)

    assert (answer.status_code, answer.headers["delta-table-version"]) == (200, "4")


def test_the_first_version_since_a_time_is_told(shared: World) -> None:
    times = shared.times("crashes")
    when = datetime.fromtimestamp(times[2] / 1000, UTC).isoformat()

    assert shared.get(f"{CRASHES}/version", startingTimestamp=when).headers["delta-table-version"] == "2"
    assert (
        shared.get(f"{CRASHES}/version", startingTimestamp="2000-01-01T00:00:00Z").headers["delta-table-version"] == "0"
    )


@pytest.mark.parametrize("wrong", ["9999-01-01T00:00:00Z", "abc", "2022-04-29T00:00:00", ""])
def test_a_start_that_is_later_than_all_or_no_time_is_refused(shared: World, wrong: str) -> None:
    refused(shared.get(f"{CRASHES}/version", startingTimestamp=wrong), 400, "time")


# --- Metadata


def test_metadata_is_two_lines(shared: World) -> None:
    answer = shared.get(f"{CRASHES}/metadata")
    protocol, metadata = lines(answer)

    assert answer.headers["content-type"] == NDJSON and answer.headers["delta-table-version"] == "4"
    assert protocol == {"protocol": {"minReaderVersion": 1}}
    told = metadata["metaData"]
    assert told["format"] == {"provider": "parquet"} and told["partitionColumns"] == ["county_name"]
    assert json.loads(told["schemaString"])["fields"][0]["name"] == "county_name"
    assert told["configuration"] == {"enableChangeDataFeed": "true"} and told["id"]
    assert told["numFiles"] == 3 and told["size"] > 0 and "version" not in told


def test_metadata_of_a_version_says_which(shared: World) -> None:
    _, metadata = lines(shared.get(f"{CRASHES}/metadata", version=1))

    assert metadata["metaData"]["version"] == 1 and metadata["metaData"]["numFiles"] == 6


def test_metadata_of_a_version_and_a_time_is_refused(shared: World) -> None:
    refused(shared.get(f"{CRASHES}/metadata", version=1, timestamp="2024-01-01T00:00:00Z"), 400, "only provide one")


# --- Query


def test_an_empty_query_gives_every_file_in_the_parquet_format(shared: World) -> None:
    answer = shared.query("crashes")
    protocol, metadata, *rest = lines(answer)

    assert set(protocol) == {"protocol"} and set(metadata) == {"metaData"}
    assert answer.headers["delta-sharing-capabilities"] == "responseformat=parquet"
    assert [set(each["file"]) for each in rest] == [
        {"url", "id", "partitionValues", "size", "stats", "expirationTimestamp"}
    ] * 3
    read = [shared.rows(each["file"]["url"]) for each in rest]
    assert {deaths for each in read for deaths in each["deaths"].to_pylist()} == set(range(30))


def test_partition_values_are_texts_and_a_null_is_null(shared: World) -> None:
    told = {each["partitionValues"]["county_name"] for each in files(shared.query("crashes"))}

    assert told == {"臺北市", "花蓮縣", None}


def test_ids_of_files_stay_the_same_and_tell_files_apart(shared: World) -> None:
    first, second = ({each["id"] for each in files(shared.query("crashes"))} for _ in range(2))

    assert first == second and len(first) == 3


def test_unknown_fields_are_ignored_and_numbers_may_be_texts(shared: World) -> None:
    assert len(files(shared.query("crashes", somethingNew={"a": 1}, version="0"))) == 3


@pytest.mark.parametrize("body", [
    {"predicateHints": {}}, {"predicateHints": "a = 1"}, {"predicateHints": [1]}, {"jsonPredicateHints": {}},
    {"limitHint": "x"}, {"limitHint": -1}, {"limitHint": True}, {"version": "x3"}, {"version": -2}, {"version": 1.5},
    {"version": 5}, {"version": 99999999999999999999}, {"timestamp": 7}, {"timestamp": "abc"}, {"timestamp": "2022-04-29"},
    {"timestamp": "2000-01-01T00:00:00Z"}, {"timestamp": "9999-01-01T00:00:00Z"}, {"maxFiles": 0}, {"maxFiles": -1},
    {"maxFiles": 3_000_000_000}, {"maxFiles": "string"}, {"startingVersion": -1}, {"startingVersion": 5},
    {"startingVersion": 3, "endingVersion": 2}, {"startingVersion": 0, "endingVersion": 10}, {"endingVersion": 2},
    {"version": 1, "timestamp": "2024-01-01T00:00:00Z"}, {"version": 1, "startingVersion": 1},
    {"includeRefreshToken": "yes"}, {"version": 1, "includeRefreshToken": True}, {"version": 1, "refreshToken": "x"},
    {"refreshToken": "x"}, {"pageToken": "x"}, {"pageToken": "x", "refreshToken": "y"}, {"idempotencyKey": 7},
])  # fmt: skip
def test_wrong_queries_are_refused(shared: World, body: dict[str, Any]) -> None:
    refused(shared.query("crashes", **body), 400)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b'"x"', b"\x1f\x8b\x08", b"[" * 100_000, b'{"a":NaN'])
def test_bodies_that_are_no_objects_are_refused(shared: World, content: bytes) -> None:
    refused(shared.http.post(f"/delta-sharing{CRASHES}/query", content=content, headers=shared.bearer), 400, "JSON")


def test_half_a_character_in_a_value_is_refused_as_any_other(shared: World) -> None:
    content = b'{"timestamp": "\\ud800"}'
    refused(
        shared.http.post(f"/delta-sharing{CRASHES}/query", content=content, headers=shared.bearer), 400, "timestamp"
    )


def test_an_older_version_is_given_with_its_number_and_time(shared: World) -> None:
    answer = shared.query("crashes", version=0)

    assert answer.headers["delta-table-version"] == "0"
    assert all(each["version"] == 0 and each["timestamp"] > 0 for each in files(answer))
    assert sum(json.loads(each["stats"])["numRecords"] for each in files(answer)) == 9


def test_the_version_at_a_time_is_given(shared: World) -> None:
    times = shared.times("crashes")
    for zone in (UTC, datetime.strptime("+0800", "%z").tzinfo):
        when = datetime.fromtimestamp(times[1] / 1000, zone).isoformat()
        assert shared.query("crashes", timestamp=when).headers["delta-table-version"] == "1"


@pytest.mark.parametrize(("hint", "kept"), [
    ("county_name = '臺北市'", 1), ("'臺北市' = county_name", 1), ("county_name <> '臺北市'", 1), ("county_name IS NULL", 1),
    ("county_name is not null", 2), ("COUNTY_NAME = '無'", 0), ("deaths < 0", 0), ("deaths >= 29", 1), ("29 <= deaths", 1),
    ("deaths > 29", 0), ("deaths = 0", 1), ("crash_on > '2024-12-31'", 0), ("crash_on <= '2024-01-01'", 2), ("rain_mm < 0", 0),
    ("rain_mm > 9999", 3), ("deaths = 'x'", 3), ("nonsense", 3), ("deaths = 1 or deaths = 2", 3), ("nobody = 1", 3),
    ("county_name = 'it''s'", 0), ("county_name = 5", 3),
])  # fmt: skip
def test_sql_hints_leave_out_files_without_rows_that_are_looked_for(shared: World, hint: str, kept: int) -> None:
    assert len(files(shared.query("crashes", predicateHints=[hint]))) == kept


def test_hints_hold_together(shared: World) -> None:
    assert not files(shared.query("crashes", predicateHints=["county_name = '臺北市'", "deaths > 27"]))


@pytest.mark.parametrize(("hint", "kept"), [
    (comparison("equal", "county_name", "臺北市", "string"), 1), (comparison("lessThan", "deaths", "1", "long"), 1),
    (comparison("lessThan", "deaths", 1, "int"), 1), (comparison("lessThanOrEqual", "deaths", "1", "long"), 2),
    (comparison("greaterThan", "deaths", "28", "long"), 1), (comparison("greaterThanOrEqual", "deaths", "28", "long"), 2),
    (comparison("lessThan", "crash_on", "2024-01-01", "date"), 0), (comparison("lessThan", "rain_mm", "0", "double"), 0),
    (comparison("greaterThan", "seen_at", "2025-01-01T00:00:00Z", "timestamp"), 0),
    (comparison("lessThan", "deaths", "1", "string"), 3), (comparison("lessThan", "rain_mm", "0", "float"), 3),
    ('{"op":"isNull","children":[{"op":"column","name":"county_name","valueType":"string"}]}', 1),
    ('{"op":"not","children":[{"op":"isNull","children":[{"op":"column","name":"county_name","valueType":"string"}]}]}', 2),
    (f'{{"op":"and","children":[{comparison("equal", "county_name", "臺北市", "string")},{comparison("lessThan", "deaths", "0", "long")}]}}', 0),
    (f'{{"op":"or","children":[{comparison("equal", "county_name", "臺北市", "string")},{comparison("equal", "county_name", "花蓮縣", "string")}]}}', 2),
])  # fmt: skip
def test_json_hints_leave_out_files_by_partitions_and_statistics(shared: World, hint: str, kept: int) -> None:
    assert len(files(shared.query("crashes", jsonPredicateHints=hint))) == kept


DEEP = '{"op":"not","children":[' * 10_000


@pytest.mark.parametrize("hint", [
    "", "{", "[]", "5", "null", '{"op":"like"}', '{"op":"equal","children":[]}', '{"op":"and","children":[]}',
    comparison("equal", "nobody", "1", "long"), comparison("equal", "deaths", "x", "long"), DEEP, DEEP + "5" + "]}" * 10_000,
    comparison("equal", "deaths", "1", "decimal"), comparison("equal", "crash_on", "2024-13-01", "date"),
    comparison("equal", "seen_at", "2024-01-01T00:00:00", "timestamp"), comparison("equal", "deaths", "9" * 5000, "long"),
])  # fmt: skip
def test_a_json_hint_with_anything_wrong_leaves_out_nothing(shared: World, hint: str) -> None:
    assert len(files(shared.query("crashes", jsonPredicateHints=hint))) == 3


def test_a_limit_gives_as_many_files_as_hold_the_rows(shared: World) -> None:
    assert [len(files(shared.query("crashes", limitHint=limit))) for limit in (0, 1, 10, 11, 1000)] == [0, 1, 1, 2, 3]


def test_a_limit_comes_after_hints_and_counts_only_rows_that_are_looked_for(shared: World) -> None:
    assert len(files(shared.query("crashes", predicateHints=["deaths >= 29"], limitHint=1))) == 1
    assert len(files(shared.query("crashes", predicateHints=["deaths < 20"], limitHint=1))) == 3
    assert len(files(shared.query("crashes", predicateHints=["nonsense"], limitHint=1))) == 3


def test_a_query_comes_in_pages_of_one_version(shared: World) -> None:
    found, token = [], None
    for _ in range(5):
        told = lines(shared.query("crashes", version=1, maxFiles=2, **({"pageToken": token} if token else {})))
        found += [each["file"]["id"] for each in told if "file" in each]
        token = told[-1].get("endStreamAction", {}).get("nextPageToken")
        if not token:
            break

    assert sorted(found) == sorted(each["id"] for each in files(shared.query("crashes", version=1))) and len(found) == 6


def test_a_page_of_another_query_or_table_is_refused(shared: World) -> None:
    token = lines(shared.query("crashes", version=1, maxFiles=2))[-1]["endStreamAction"]["nextPageToken"]

    refused(shared.query("crashes", version=0, maxFiles=2, pageToken=token), 400, "token")
    refused(shared.query("plain", version=1, maxFiles=2, pageToken=token), 400, "token")
    refused(shared.query("crashes", version=1, maxFiles=2, pageToken=token, limitHint=1), 400, "token")


def test_a_token_that_is_too_old_is_refused(shared: World) -> None:
    old = shared.server.seal.token("refresh", "police.gold.crashes", -1, version=1)

    refused(shared.query("crashes", refreshToken=old), 400, "too old")


def test_addresses_are_made_again_for_the_version_they_were_of(shared: World) -> None:
    told = lines(shared.query("crashes", includeRefreshToken=True))
    token = told[-1]["endStreamAction"]["refreshToken"]

    again = shared.query("crashes", refreshToken=token)

    assert again.headers["delta-table-version"] == "4"
    assert [each["id"] for each in files(again)] == [each["file"]["id"] for each in told if "file" in each]


def test_files_that_came_and_went_since_a_version_are_given(shared: World) -> None:
    answer = shared.query("crashes", startingVersion=1, endingVersion=2)

    assert answer.headers["delta-table-version"] == "1"
    assert [(each["version"], each["timestamp"] > 0) for each in files(answer, "add")] == [(1, True)] * 3 + [(2, True)]
    assert [each["version"] for each in files(answer, "remove")] == [2]
    assert not files(answer, "cdf")


def test_metadata_that_changed_since_a_version_is_among_the_files(shared: World) -> None:
    told = lines(shared.query("plain", startingVersion=2))

    assert [each["metaData"]["version"] for each in told if "metaData" in each] == [2, 3]


def test_protocols_that_changed_are_given_where_they_are_asked_for(shared: World) -> None:
    asked: dict[str, Any] = {"startingVersion": 2, "includeHistoricalProtocol": True}

    told = [each["protocol"] for each in lines(shared.query("plain", DELTA, **asked)) if "protocol" in each]
    parquet = [each["protocol"] for each in lines(shared.query("plain", **asked)) if "protocol" in each]

    assert [each["version"] for each in told] == [2, 3] and parquet == [{"minReaderVersion": 1}]


# --- Changes


def test_changes_are_given_row_by_row_with_version_and_time(shared: World) -> None:
    answer = shared.of("crashes", "changes", startingVersion=1, endingVersion=4)

    assert answer.headers["content-type"] == NDJSON and answer.headers["delta-table-version"] == "1"
    assert [each["version"] for each in files(answer, "add")] == [1, 1, 1, 4, 4, 4]
    assert [each["version"] for each in files(answer, "cdf")] == [2, 3]
    assert [each["version"] for each in files(answer, "remove")] == [4] * 6
    (deleted, updated) = (shared.rows(each["url"]) for each in files(answer, "cdf"))
    assert deleted.select(["deaths", "_change_type"]).to_pylist() == [{"deaths": 4, "_change_type": "delete"}]
    assert set(updated["_change_type"].to_pylist()) == {"update_postimage", "update_preimage"}


def test_changes_between_times_are_given_with_both_ends(shared: World) -> None:
    times = shared.times("crashes")
    first, last = (datetime.fromtimestamp(times[version] / 1000, UTC).isoformat() for version in (2, 3))

    answer = shared.of("crashes", "changes", startingTimestamp=first, endingTimestamp=last)

    assert [each["version"] for each in files(answer, "cdf")] == [2, 3] and not files(answer, "add")


@pytest.mark.parametrize("query", [
    {}, {"startingVersion": 1, "startingTimestamp": "2024-01-01T00:00:00Z"}, {"startingVersion": "x"}, {"startingVersion": -1},
    {"startingVersion": 3, "endingVersion": 2}, {"startingVersion": 9}, {"startingVersion": 1, "endingVersion": 10},
    {"startingVersion": 1, "endingVersion": 2, "endingTimestamp": "2024-01-01T00:00:00Z"},
    {"startingTimestamp": "9999-01-01T00:00:00Z"}, {"startingVersion": 0, "endingTimestamp": "2000-01-01T00:00:00Z"},
    {"startingVersion": 0, "maxFiles": 0}, {"startingVersion": 0, "pageToken": "x"},
])  # fmt: skip
def test_wrong_ranges_are_refused(shared: World, query: dict[str, Any]) -> None:
    refused(shared.of("crashes", "changes", **query), 400)


def test_changes_that_were_not_recorded_are_refused_with_the_version_from_which_they_are(shared: World) -> None:
    refused(shared.of("plain", "changes", startingVersion=1), 400, "they are from version 3 on")
    assert [each["version"] for each in files(shared.of("plain", "changes", startingVersion=3), "add")] == [4]
    refused(shared.of("naive", "changes", headers=DELTA, startingVersion=0), 400, "not recorded now")


def test_changes_come_in_pages_too(shared: World) -> None:
    found, token = [], None
    for _ in range(9):
        more: dict[str, Any] = {"pageToken": token} if token else {}
        told = lines(shared.of("crashes", "changes", startingVersion=0, maxFiles=4, **more))
        found += [value["id"] for each in told for kind, value in each.items() if kind in ("add", "cdf", "remove")]
        token = told[-1].get("endStreamAction", {}).get("nextPageToken")
        if not token:
            break

    whole = lines(shared.of("crashes", "changes", startingVersion=0))
    assert found == [value["id"] for each in whole for kind, value in each.items() if kind in ("add", "cdf", "remove")]


def test_historical_metadata_is_of_the_start_and_of_what_changed_it(shared: World) -> None:
    plain = lines(shared.of("crashes", "changes", startingVersion=1))
    history = lines(shared.of("crashes", "changes", startingVersion=1, includeHistoricalMetadata="true"))

    assert [each["metaData"]["version"] for each in plain if "metaData" in each] == [4]
    assert [each["metaData"]["version"] for each in history if "metaData" in each] == [1]


# --- Capabilities


def test_only_delta_asked_gives_delta(shared: World) -> None:
    answer = shared.query("crashes", DELTA)
    protocol, metadata, *rest = lines(answer)

    assert answer.headers["delta-sharing-capabilities"] == "responseformat=delta"
    assert protocol["protocol"]["deltaProtocol"]["minReaderVersion"] == 1
    assert metadata["metaData"]["deltaMetadata"]["partitionColumns"] == ["county_name"]
    add = rest[0]["file"]["deltaSingleAction"]["add"]
    assert (
        add["path"].startswith(shared.server.endpoint)
        and rest[0]["file"]["id"]
        and rest[0]["file"]["expirationTimestamp"]
    )
    assert None in {each["file"]["deltaSingleAction"]["add"]["partitionValues"]["county_name"] for each in rest}


@pytest.mark.parametrize(
    ("table", "form"), [("crashes", "parquet"), ("mapped", "delta"), ("vectors", "delta"), ("naive", "delta")]
)
def test_both_asked_gives_parquet_unless_the_table_needs_more(shared: World, table: str, form: str) -> None:
    for answer in (shared.query(table, BOTH), shared.of(table, "metadata", headers=BOTH)):
        assert answer.headers["delta-sharing-capabilities"] == f"responseformat={form}"


@pytest.mark.parametrize(
    ("table", "feature"), [("mapped", "columnMapping"), ("vectors", "deletionVectors"), ("naive", "timestampNtz")]
)
def test_a_table_that_needs_what_the_client_lacks_is_refused_by_name(shared: World, table: str, feature: str) -> None:
    lacking = {"delta-sharing-capabilities": "responseformat=delta;readerfeatures=other"}

    refused(shared.query(table), 400, feature)
    refused(shared.query(table, lacking), 400, feature)
    refused(shared.of(table, "metadata"), 400, feature)


def test_deletion_vectors_have_addresses_of_their_own(shared: World) -> None:
    (file,) = files(shared.query("vectors", DELTA))
    vector = file["deltaSingleAction"]["add"]["deletionVector"]

    assert file["deletionVectorFileId"] and vector["storageType"] == "p" and vector["cardinality"] == 2
    content = shared.http.get(vector["pathOrInlineDv"]).content
    assert content[0] == 1 and len(content) == 1 + 4 + vector["sizeInBytes"] + 4


def test_column_mapping_and_statistics_by_it_are_kept(shared: World) -> None:
    told = lines(shared.query("mapped", DELTA))

    (field,) = json.loads(told[1]["metaData"]["deltaMetadata"]["schemaString"])["fields"]
    assert field["metadata"]["delta.columnMapping.physicalName"] == "col-1"
    assert not files(shared.query("mapped", DELTA, predicateHints=["deaths > 3"]))
    assert files(shared.query("mapped", DELTA, predicateHints=["deaths > 2"]))


def test_properties_that_are_not_deltas_stay_here(shared: World) -> None:
    assert "lakeward" not in shared.of("mapped", "metadata", headers=DELTA).text


def test_the_end_of_an_answer_is_told_where_it_is_asked_for(shared: World) -> None:
    answer = shared.query("crashes", END)

    assert answer.headers["delta-sharing-capabilities"] == "responseformat=parquet;includeendstreamaction=true"
    assert set(lines(answer)[-1]["endStreamAction"]) == {"minUrlExpirationTimestamp"}
    for other in (
        shared.of("crashes", "metadata", headers=END),
        shared.of("crashes", "changes", headers=END, startingVersion=0),
    ):
        assert "endStreamAction" in lines(other)[-1]


def test_the_end_is_not_told_to_those_who_did_not_ask(shared: World) -> None:
    for answer in (shared.query("crashes"), shared.query("crashes", maxFiles=100)):
        assert "endStreamAction" not in answer.text


def test_asynchronous_queries_are_answered_at_once_and_not_advertised(shared: World) -> None:
    answer = shared.query("crashes", {"delta-sharing-capabilities": "asyncquery=true"}, idempotencyKey="a")

    assert len(files(answer)) == 3 and "async" not in answer.headers["delta-sharing-capabilities"]
    refused(shared.http.post(f"/delta-sharing{CRASHES}/queries/1", json={}, headers=shared.bearer), 404)


def test_credentials_to_a_folder_are_refused(shared: World) -> None:
    asked = shared.http.post(f"/delta-sharing{CRASHES}/temporary-table-credentials", json={}, headers=shared.bearer)

    refused(asked, 400, "addresses")


@pytest.mark.parametrize("scheme", ["parquet", "delta", "DELTA"])
def test_the_way_to_name_files_is_echoed(shared: World, scheme: str) -> None:
    answer = shared.query("crashes", {"fileidhash": scheme})

    assert answer.headers["fileidhash"] == scheme.lower()
    assert len(files(answer)[0]["id"]) == (64 if scheme.lower() == "delta" else 32)


@pytest.mark.parametrize("scheme", ["", "sha1"])
def test_another_way_to_name_files_is_refused(shared: World, scheme: str) -> None:
    refused(shared.query("crashes", {"fileidhash": scheme}), 400, "fileidhash")


# --- Addresses


def test_an_address_is_good_for_get_head_and_ranges_many_times(shared: World) -> None:
    url = files(shared.query("crashes"))[0]["url"]
    whole = shared.http.get(url).content

    for _ in range(3):
        assert shared.http.get(url, headers={"Range": "bytes=-8"}).content == whole[-8:]
        part = shared.http.get(url, headers={"Range": "bytes=4-9"})
        assert (part.status_code, part.content) == (206, whole[4:10])
        assert shared.http.head(url).headers["content-length"] == str(len(whole))
    assert whole[:4] == whole[-4:] == b"PAR1"
    assert shared.http.get(url, headers={"Range": f"bytes={len(whole)}-"}).status_code == 416


def test_an_address_holds_no_token_no_name_and_no_path_of_the_server(shared: World) -> None:
    text = shared.query("crashes").text

    assert shared.token not in text and shared.token.split(".")[1] not in text
    assert str(shared.lake.root) not in text and "taipei" not in text
    assert "X-Amz-Signature=" in text  # what Delta's kernel knows a signed address by


def test_an_address_ends_within_an_hour_and_says_when(shared: World) -> None:
    file = files(shared.query("crashes"))[0]

    assert time.time() < file["expirationTimestamp"] / 1000 <= time.time() + 3600
    assert f"X-Amz-Expires={file['expirationTimestamp'] // 1000}" in file["url"]


def test_an_address_that_was_changed_or_is_over_is_refused(shared: World) -> None:
    files_of = files(shared.query("crashes"))
    url, other = files_of[0]["url"], urlsplit(files_of[1]["url"])
    query = dict(parse_qsl(urlsplit(url).query))
    sign = shared.server.urls.signing(query["reader"], "gold.crashes", int(time.time()) - 1)

    refused(shared.http.get(url[:-1] + ("0" if url[-1] != "0" else "1")), 403)
    refused(shared.http.get(url.replace("X-Amz-Expires=1", "X-Amz-Expires=2")), 403)
    refused(shared.http.get(url.replace("reader=", "reader=0")), 403)
    refused(shared.http.get(f"{url.partition('?')[0]}?{other.query}"), 403)
    refused(shared.http.get(url.partition("?")[0]), 403)
    refused(shared.http.get(sign("part-1.parquet")), 403, "too old")


def test_only_data_files_of_shared_tables_can_be_had_even_by_a_right_signature(shared: World) -> None:
    reader = shared.server.directory.everyone()[0].id
    later = int(time.time()) + 60
    (shared.lake.root / "secret").write_text("not for anyone")
    (shared.lake.table("gold.crashes") / "link").symlink_to(shared.lake.root / "secret")

    for table, name in [
        ("gold.crashes", "../../secret"), ("gold.crashes", "_delta_log/00000000000000000000.json"), ("gold.crashes", "link"),
        ("gold.crashes", "/etc/passwd"), ("gold.crashes", "a/../../../secret"), ("gold.crashes", "none.parquet"),
        ("gold.towns", "x"), ("_recipients", "taipei.json"), ("gold", "crashes/x"), ("..", "secret"),
    ]:  # fmt: skip
        answer = shared.http.get(shared.server.urls.signing(reader, table, later)(name))
        assert answer.status_code in (403, 404), (table, name)
        assert "not for anyone" not in answer.text


def test_files_of_a_version_are_held_while_addresses_of_it_are_good(shared: World) -> None:
    from lakeward.lake.holds import held

    shared.query("crashes", version=1)
    assert {1, 4} <= held(shared.lake, "gold.crashes") | {4}
    assert 1 in held(shared.lake, "gold.crashes")


def test_versions_whose_files_are_gone_are_refused_and_not_given_dead_addresses(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        table = delta.opened(made.lake.table("gold.crashes"))
        assert table
        table.vacuum(0, dry_run=False, enforce_retention_duration=False)

        refused(made.query("crashes", version=0), 400, "kept no longer")
        refused(made.of("crashes", "changes", startingVersion=1), 400, "kept no longer")
        assert len(files(made.query("crashes"))) == 3


# --- Errors


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer wrong", "Basic dGVzdA==", "Bearer " + "a" * 9000])
def test_no_token_and_a_wrong_one_are_401(shared: World, header: str | None) -> None:
    answer = shared.http.get("/delta-sharing/shares", headers={"Authorization": header} if header is not None else {})

    refused(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_token_with_the_name_of_a_right_one_is_wrong(shared: World) -> None:
    refused(shared.get("/shares", token=shared.token[:-1] + ("A" if shared.token[-1] != "A" else "B")), 401)


def test_a_token_in_the_query_is_not_taken(shared: World) -> None:
    refused(shared.http.get("/delta-sharing/shares", params={"token": shared.token, "access_token": shared.token}), 401)


def test_expired_and_revoked_tokens_are_401_and_the_addresses_of_the_revoked_die(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        url = files(made.query("crashes"))[0]["url"]
        held = recipients.find(made.lake, "taipei")
        over, kept = recipients.new_token(-1)
        recipients.keep(made.lake, recipients.rotated(held, kept, 1))
        refused(made.get("/shares", token=over), 401)
        assert made.get("/shares").status_code == 200  # the token before it lasts an hour more

        recipients.keep(made.lake, recipients.revoked(held))

        refused(made.get("/shares"), 401)
        refused(made.http.get(url), 403)


def test_a_share_that_is_taken_away_is_403_for_tables_and_addresses(tmp_path: Path) -> None:
    from lakeward.jobs.share import grant

    with world(tmp_path) as made:
        url = files(made.query("crashes"))[0]["url"]
        grant(made.lake, "taipei", ["police"], is_taken=True)

        refused(made.query("crashes"), 403)
        refused(made.http.get(url), 403)


def test_another_share_is_403_and_an_unknown_name_404(shared: World) -> None:
    refused(shared.get("/shares/maps/schemas/gold/tables/towns/version"), 403)
    refused(shared.get("/shares/maps/schemas/gold/tables/nowhere/version"), 403)
    for path in ("atlantis/schemas/gold/tables/x", "police/schemas/gold/tables/x", "police/schemas/x/tables/crashes"):
        refused(shared.get(f"/shares/{path}/version"), 404)
    refused(shared.get("/nowhere"), 404)


def test_another_method_is_405(shared: World) -> None:
    refused(shared.http.post("/delta-sharing/shares", headers=shared.bearer), 405)
    refused(shared.get(f"{CRASHES}/query"), 405)


def test_a_body_that_is_too_large_is_413(shared: World) -> None:
    refused(shared.query("crashes", predicateHints=["x" * (1 << 20)]), 413)


def test_too_many_requests_are_429_with_a_time_to_wait(tmp_path: Path) -> None:
    with world(tmp_path, rate="3/minute") as made:
        answers = [made.get("/shares") for _ in range(4)]

        assert [answer.status_code for answer in answers[:3]] == [200] * 3
        refused(answers[3], 429)
        assert 0 < int(answers[3].headers["retry-after"]) <= 60


def test_wrong_tokens_are_slowed_down_and_right_ones_from_there_are_not(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        codes = [made.get("/shares", "wrong").status_code for _ in range(70)]

        assert codes[0] == 401 and codes[-1] == 429
        assert made.get("/shares").status_code == 200


def test_a_fault_of_ours_is_500_without_a_word_of_it(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        newest = made.lake.table("gold.plain") / "_delta_log" / f"{4:020}.json"
        newest.write_text("")

        answer = made.query("plain")

        refused(answer, 500)
        assert answer.json() == {"errorCode": "INTERNAL_ERROR", "message": ""}


def test_every_answer_says_how_long_it_is(shared: World) -> None:
    for answer in (
        shared.get("/shares"),
        shared.query("crashes"),
        shared.get("/shares/x"),
        shared.get(f"{CRASHES}/version"),
    ):
        assert answer.headers["content-length"] == str(len(answer.content))


# --- Tokens at rest


def test_tokens_are_kept_as_hashes_alone(shared: World) -> None:
    kept = "".join(file.read_text() for file in (shared.lake.root / "_recipients").iterdir())

    assert shared.token not in kept and shared.token.split(".")[1] not in kept
    assert hashlib.sha256(shared.token.encode()).hexdigest() in kept


def test_wrong_and_unknown_tokens_take_the_same_steps(shared: World, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def compare(a: str, b: str) -> bool:
        compared.append((len(a), len(b)))
        return False

    monkeypatch.setattr("hmac.compare_digest", compare)

    shared.get("/shares", "unknown.token")
    shared.get("/shares", token=f"{shared.token.partition('.')[0]}.wrong")

    assert compared == [(64, 64)] * 2


# --- The audit log


def test_every_request_is_recorded_and_nothing_is_lost_at_a_stop(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        made.get("/shares", "wrong")
        made.query("crashes", version=1)
        made.http.get(files(made.query("crashes"))[0]["url"])
        size = int(made.http.get(files(made.query("crashes"))[0]["url"]).headers["content-length"])
        lake = made.lake

    rows = delta.records_of(lake.table("_audit"))
    told = [
        (row["action"], row["recipient"], row["share"], row["table_name"], row["version"], row["status"])
        for row in rows
    ]
    assert told == [
        ("list", None, None, None, None, 401),
        ("query", "taipei", "police", "crashes", 1, 200),
        ("query", "taipei", "police", "crashes", 4, 200),
        ("file", "taipei", "police", "crashes", None, 200),
        ("query", "taipei", "police", "crashes", 4, 200),
        ("file", "taipei", "police", "crashes", None, 200),
    ]
    assert rows[-1]["bytes"] == size and rows[1]["files"] == 6 and rows[0]["error"] == "UNAUTHENTICATED"
    assert delta.version_of(lake.table("_audit")) == 0  # one commit for all of them
    assert not any(re.search(r"Signature|[0-9a-f]{12}\.", str(value)) for row in rows for value in row.values())


def test_nothing_is_served_that_cannot_be_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with world(tmp_path) as made:
        monkeypatch.setattr("lakeward.sharing.server.journal.MOST", 0)

        refused(made.get("/shares"), 503)


def test_times_of_versions_grow(shared: World) -> None:
    times = shared.times("crashes")

    assert sorted(times) == [0, 1, 2, 3, 4] and sorted(times.values()) == [times[version] for version in range(5)]
    assert abs(times[4] / 1000 - datetime.now(UTC).timestamp()) < timedelta(minutes=10).total_seconds()
