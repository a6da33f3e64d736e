"""What the catalogue tells of a table is what its declaration, its release and its checks say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_shelf import GAUGES, RAIN, VILLAGES, Shelf

from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import declared
from lakeward.pipelines.dataset import Publication, Source
from lakeward.pipelines.publication import Decision
from lakeward.sharing.catalogue import govtw
from lakeward.sharing.catalogue.address import Addresses, web
from lakeward.sharing.catalogue.cadence import IRREGULAR, NEVER, REGULAR, UNKNOWN, Cadence, cadence, slowest
from lakeward.sharing.catalogue.coverage import coverage
from lakeward.sharing.catalogue.entries import entries
from lakeward.sharing.catalogue.entry import Field
from lakeward.sharing.catalogue.formats import FORMS
from lakeward.sharing.catalogue.licence import licence
from lakeward.sharing.catalogue.publisher import Publisher, publisher
from lakeward.sharing.catalogue.text import Text, both

OGDL = "https://data.gov.tw/license"


def test_an_entry_tells_release_coverage_quality_and_origins(shelf: Shelf) -> None:
    entry = shelf.entry()

    assert (entry.name, entry.slug, entry.theme.code) == ("gold.rain_day", "rain-day", "ENVI")
    assert entry.release is not None
    assert (entry.release.number, entry.release.rows, entry.release.version) == ("1.0", 3, 0)
    assert (entry.coverage.first, entry.coverage.last) == (date(2024, 1, 2), date(2024, 12, 30))
    assert entry.coverage.box == (120.2, 22.99, 121.54, 25.05)
    assert entry.quality is not None
    assert entry.quality.passed and entry.quality.verdict == Text("2 條規則中 1 條成立", "1 of 2 rules held")
    assert [(each.name, each.is_direct) for each in entry.origins] == [
        ("environment.gauges", True),
        ("maps.villages", True),
    ]
    assert [each.uri for each in entry.licences] == ["https://data.gov.tw/license"]
    assert entry.licence is not None and entry.cadence.code == "MONTHLY"


def test_a_description_says_in_chinese_what_is_in_it(shelf: Shelf) -> None:
    told = shelf.entry().description

    assert told.zh == "各站逐日雨量。整合自經濟部水利署、內政部戶政司的資料；欄位有站碼、日期、雨量、站別、經度、緯度。"
    assert told.en == "Rain by gauge and day. One row a gauge and day. Snow is not rain."


def test_columns_that_a_release_does_not_hold_are_not_told(shelf: Shelf) -> None:
    shelf.manifest(lambda told: told.update(schema=[each for each in told["schema"] if each["name"] != "lon_deg"]))

    entry = shelf.entry()

    assert "lon_deg" not in [each.name for each in entry.fields]
    assert entry.coverage.box is None


def test_a_withdrawn_release_is_none(shelf: Shelf) -> None:
    shelf.manifest(lambda told: told.update(withdrawn={"reason": "wrong"}))

    entry = shelf.entry()

    assert entry.release is None and entry.coverage.first is None


def test_one_part_without_a_licence_leaves_the_whole_without_one(shelf: Shelf) -> None:
    silent = replace(VILLAGES, source=Source("maps/villages/*.csv", licence="not stated", cadence="monthly"))

    entry = shelf.entry(replace(RAIN, inputs=(GAUGES, silent)))

    assert entry.licence is None
    assert "原機關未聲明授權方式" in entry.rights.zh and "The agency states no licence" in entry.rights.en


def test_what_a_manifest_tells_of_its_release_goes_before_what_is_known_today(shelf: Shelf) -> None:
    silent = replace(VILLAGES, source=Source("maps/villages/*.csv", licence="not stated", cadence="monthly"))
    told = {
        "licence": "OGDL-TW-1.0 AND MIT",
        "terms": {"uris": [OGDL, "https://opensource.org/license/mit"], "attributions": {"a": "某署：雨量"}},
        "quality": {
            "verdict": "failed",
            "rules": 9,
            "held": 7,
            "broken": [{"severity": "critical"}, {"severity": "info"}],
        },
        "changes": {"text": {"zh": "新增 3 列", "en": "3 rows added"}},
        "forced": {"reason": "flood warning"},
    }
    shelf.manifest(lambda manifest: manifest.update(told))

    entry = shelf.entry(replace(RAIN, inputs=(GAUGES, silent)))

    assert [(each.title.en, each.uri) for each in entry.licences] == [
        ("Open Government Data License, version 1.0", OGDL),
        ("MIT", "https://opensource.org/license/mit"),
    ]
    assert entry.rights.zh == "政府資料開放授權條款－第1版；MIT。請標示來源：某署：雨量。"
    assert entry.quality is not None and entry.release is not None
    assert (entry.quality.rules, entry.quality.failed, entry.quality.passed) == (9, 1, False)
    assert entry.release.changes == Text("新增 3 列", "3 rows added")
    assert entry.doubts == ("quality: 7 of 9 rules held; not passed", "released against its checks: flood warning")


def test_a_licence_that_a_person_decided_on_says_who_and_why(shelf: Shelf) -> None:
    decided = Decision("OGDL-TW-1.0", "王局長", "2026-11-01", "函復同意")
    silent = replace(
        VILLAGES, source=Source("maps/villages/*.csv", licence="not stated", cadence="monthly"),
        publish=Publication("maps", decided=decided),
    )  # fmt: skip

    entry = shelf.entry(replace(RAIN, inputs=(GAUGES, silent)))

    assert entry.licence is not None and entry.licence.uri == OGDL
    assert "依下列決定：maps.villages: OGDL-TW-1.0, 王局長, 2026-11-01, 函復同意。" in entry.rights.zh
    assert "王局長" in FORMS["dcat"].write(entry, shelf.at, shelf.by)


def test_an_erratum_is_told_wherever_the_table_is(shelf: Shelf) -> None:
    file = shelf.lake.releases(RAIN.name) / "1.0" / "errata.json"
    file.write_text('{"errata": [{"id": "e1", "reason": "甲站故障", "erratum": "x"}]}', "utf-8")

    entry = shelf.entry()

    assert entry.doubts == ("erratum 更正: 甲站故障",)
    assert "更正：甲站故障。" in govtw.document(entry, shelf.at, shelf.by)["notes"]
    assert "甲站故障" in FORMS["turtle"].write(entry, shelf.at, shelf.by) and "甲站故障" in FORMS["dictionary"].write(
        entry, shelf.at, shelf.by
    )


def test_every_declaration_has_an_entry_before_there_is_a_lake(tmp_path: Path) -> None:
    tables = declared()

    told = entries(Lake.at(str(tmp_path / "none")), tables.values())

    assert [each.name for each in told] == list(tables)
    assert len({each.slug for each in told}) == len(told)
    assert all(each.title.zh and each.fields and each.release is None for each in told)


@pytest.mark.parametrize(("text", "uri"), [
    ("OGDL-TW-1.0", OGDL),
    ("OGDL-TW-1.0; derived by the compiler", OGDL),
    ("OGDL-TW-1.0 (data.gov.tw default)", OGDL),
    ("not stated; OGDL-TW-1.0 to be checked", ""),
    ("OGDL-TW-1.0-or-so", ""),
    ("", ""),
])  # fmt: skip
def test_a_licence_is_known_by_how_its_text_begins(text: str, uri: str) -> None:
    assert licence(text).uri == uri


@pytest.mark.parametrize(("text", "told"), [
    ("daily; the compiler's copy yearly", REGULAR["dail"]),
    ("every ten minutes, collected by day", REGULAR["minute"]),
    ("yearly collection of hourly readings", REGULAR["year"]),
    ("minutes after each earthquake", IRREGULAR),
    ("monthly in a season", IRREGULAR),
    ("when the law changes", IRREGULAR),
    ("not re-issued", NEVER),
    ("not stated", UNKNOWN),
])  # fmt: skip
def test_a_cadence_is_read_from_words(text: str, told: Cadence) -> None:
    assert cadence(text) == told


def test_a_table_of_several_is_as_slow_as_the_slowest_that_is_regular() -> None:
    assert slowest([REGULAR["dail"], IRREGULAR, REGULAR["year"]]) == REGULAR["year"]
    assert slowest([NEVER, UNKNOWN, IRREGULAR]) == IRREGULAR
    assert slowest([]) == UNKNOWN


def test_the_county_is_told_where_its_agencies_gave_all() -> None:
    city, other = (
        both("臺北市政府交通局 Department of Transportation, Taipei City"),
        both("內政部 Ministry of the Interior"),
    )

    assert coverage((), [city], ()).place == Text("臺北市", "Taipei City")
    assert coverage((), [city, other], ()).place == Text("臺灣", "Taiwan")


def test_a_moment_late_in_utc_is_of_the_next_day_in_taiwan(tmp_path: Path) -> None:
    fell = pa.array(
        [datetime(2024, 1, 1, 17, tzinfo=UTC), datetime(2024, 12, 30, 17, tzinfo=UTC)], pa.timestamp("us", "UTC")
    )
    pq.write_table(pa.table({"fell_at": fell}), tmp_path / "a.parquet")
    field = Field("fell_at", "timestamp", Text("時間", "fell_at"), "", is_key=True)

    told = coverage((field,), (), (tmp_path / "a.parquet",))

    assert (told.first, told.last) == (date(2024, 1, 2), date(2024, 12, 31))


@pytest.mark.parametrize(("page", "address"), [
    ("data.gov.tw/dataset/131138, 77140", "https://data.gov.tw/dataset/131138"),
    ("data.gov.tw (15歲以上人口教育程度)", "https://data.gov.tw"),
    ("http://old.example.tw/a?b=1", "http://old.example.tw/a?b=1"),
    ("not stated", ""),
    ("", ""),
])  # fmt: skip
def test_the_address_in_what_is_said_of_a_page(page: str, address: str) -> None:
    assert web(page) == address


@pytest.mark.parametrize("base", [
    "", "data.example", "ftp://x.example", "https://", "https://a b.example", "https://x.example/?q=1",
    "https://me:secret@x.example", "javascript:alert(1)", "https://x.example/\"><script>", "https://[::1",
])  # fmt: skip
def test_a_base_that_is_no_web_address_is_refused(base: str) -> None:
    with pytest.raises(UsageError, match="cannot be the base"):
        Addresses.at(base)


def test_moments_are_told_to_the_portal_in_its_own_time(shelf: Shelf) -> None:
    shelf.manifest(lambda told: told.update(released_at="2026-12-31T17:30:00+00:00"))

    form = govtw.document(shelf.entry(), shelf.at, shelf.by)

    assert (form["publishedDate"], form["modifiedDate"]) == ("2027-01-01", "2027-01-01 01:30:00")


def test_addresses_quote_what_a_name_may_hold() -> None:
    assert (
        Addresses("https://x.example").file("gold.a", "1.0", "甲 b.csv") == "https://x.example/a/1.0/%E7%94%B2%20b.csv"
    )


@pytest.mark.parametrize(("text", "problem"), [
    ("{", "cannot be read"), ("[]", "no object"), ('{"name": 1}', "no object"), ('{"nmae": "x"}', "nmae"),
    ('{"page": "https://x y"}', "no web address"),
])  # fmt: skip
def test_a_publishers_file_that_tells_of_none_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    file = tmp_path / "publisher.json"
    file.write_text(text, "utf-8")

    with pytest.raises(UsageError, match=problem):
        publisher(file)


def test_a_publishers_file_is_read_with_or_without_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "publisher.json"
    file.write_text('{"name": "縣政府 County", "email": "a@b.tw"}', "utf-8-sig")

    assert publisher(file) == Publisher(name="縣政府 County", email="a@b.tw")
