"""JSON envelopes, written letter by letter; every value here is made up."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lakeward.lake.errors import DeliveryRefused
from lakeward.pipelines import decoding, envelope, json_text
from lakeward.pipelines.formats import Csv, Json, Titles
from lakeward.pipelines.grid import PROVENANCE
from lakeward.pipelines.head import Head
from lakeward.pipelines.reading import read_head, read_rows

ENVELOPE = """{
  "Info": [{"County": "00000", "Total": 2}],
  "RowDataList": [
    {"CODE": "A1-01", "H_CNT": 25.0, "P_CNT": 1234567890123456789, "NOTE": null},
    {"CODE": "A1-02", "H_CNT": 0.10, "extra": {"內": true, "list": [1, 2.5, "三"]}}
  ],
  "ColumnList": [
    {"NAME": "CODE", "DESC": "統計區代碼"}, {"NAME": "H_CNT", "DESC": "戶數"}, {"NAME": "NOTE", "DESC": " "},
    {"NAME": "P_CNT", "DESC": null}
  ]
}
"""
FORM = Json("RowDataList", Titles("ColumnList", "NAME", "DESC"), beside=("Info.0.County", "Info.0.Total", "_file"))
PLAIN = Json()


def _read(tmp_path: Path, content: bytes | str, form: Json = PLAIN) -> tuple[Head, list[dict[str, Any]]]:
    path = tmp_path / "made.json"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    head = read_head(str(path), form)
    return head, [row for batch in read_rows(str(path), form, head) for row in batch.to_pylist()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("block", [7, 64, 1 << 20])
def test_rows_stand_under_their_titles_with_what_the_envelope_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, block: int
) -> None:
    monkeypatch.setattr(decoding, "BLOCK_BYTES", block)

    head, rows = _read(tmp_path, ENVELOPE.encode(encoding), FORM)

    assert head.header == (
        "統計區代碼", "戶數", "P_CNT", "NOTE", "extra.內", "extra.list", "Info.0.County", "Info.0.Total", "_file",
    )  # fmt: skip
    assert head.has_rows
    assert head.first_rows[0][:3] == ("A1-01", "25.0", "1234567890123456789")
    cells = [[cell for name, cell in row.items() if name not in PROVENANCE] for row in rows]
    around = ["00000", "2", "made.json"]
    assert cells == [
        ["A1-01", "25.0", "1234567890123456789", None, None, None, *around],
        ["A1-02", "0.10", None, None, "true", '[1, 2.5, "三"]', *around],
    ]
    assert [row["_row"] for row in rows] == [1, 2]


def test_a_list_at_the_top_and_one_below_any_key_are_found(tmp_path: Path) -> None:
    _, at_top = _read(tmp_path, '[{"a": 1}, {"a": "x"}]')
    _, below = _read(
        tmp_path, '{"type": "T", "objects": {"whatever": {"geometries": [{"a": 1}]}}}', Json("objects.*.geometries")
    )

    assert [row["a"] for row in at_top] == ["1", "x"]
    assert [row["a"] for row in below] == ["1"]


def test_what_is_no_object_in_the_list_is_a_ragged_row(tmp_path: Path) -> None:
    _, rows = _read(tmp_path, '[{"a": 1}, [2, 3], null]')

    assert [(row["_kind"], row["a"], row["_overflow"]) for row in rows] == [
        ("row", "1", None), ("ragged", None, ["[2, 3]"]), ("ragged", None, [None]),
    ]  # fmt: skip


def test_batches_hold_few_rows_whatever_the_file_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(envelope, "BATCH_ROWS", 10)
    path = tmp_path / "made.json"
    path.write_text(json.dumps([{"n": n} for n in range(25)]), "utf-8")
    head = read_head(str(path), PLAIN)

    sizes = [batch.num_rows for batch in read_rows(str(path), PLAIN, head)]

    assert sizes == [10, 10, 5]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('[{"a": NaN}]', "NaN is no JSON"),
        ('[{"a": -Infinity}]', "-Infinity is no JSON"),
        ('[{"a": 1, "b": 2, "a": 3}]', "the key a stands twice"),
        ('[{"a": 1}] {"b": 1}', "something follows after the end"),
        ('[{"a": 1},', "Expecting value"),
        ('[{"a": 1}', ", is missing"),
        ('[{"a": 1 "b": 2}]', "Expecting ',' delimiter"),
        ('[{"a": "x\\ud800"}]', "half a letter"),
        ('[{"a": "x\ny"}]', "Invalid control character"),
        ("[" + '{"a":' * 100_000 + "1" + "}" * 100_000 + "]", "nested too deep"),
        ('[{"a": ' + "9" * 5_000 + "}]", "too many digits"),
        ('[{"a": 1e9999999999999999999999}]', "too many digits"),
        ("[]", None),
        ('{"a": 1}', "no list"),
        ('[{"a": "\udcff"}]'.encode("utf-8", "surrogateescape"), "is not utf-8"),
    ],
)
def test_what_is_no_strict_json_is_told_with_its_place(tmp_path: Path, content: str | bytes, why: str | None) -> None:
    if why is None:
        assert not _read(tmp_path, content)[0].has_rows
        return
    with pytest.raises(DeliveryRefused, match=why) as told:
        _read(tmp_path, content)

    assert told.value.remedy


@pytest.mark.parametrize(
    ("form", "why"),
    [
        (Json("Rows"), "Rows of Rows is missing"),
        (Json("Info.0"), "Info.0"),
        (Json("RowDataList", Titles("Columns", "NAME", "DESC")), "the file has no Columns"),
        (Json("RowDataList", Titles("ColumnList", "KEY", "DESC")), "no list of objects with KEY"),
        (Json("RowDataList", beside=("Info.1.County",)), "the file has no Info.1.County"),
        (Json("ColumnList.0"), "ColumnList.0"),
    ],
)
def test_an_envelope_that_lacks_what_is_declared_is_refused(tmp_path: Path, form: Json, why: str) -> None:
    with pytest.raises(DeliveryRefused, match=why):
        _read(tmp_path, ENVELOPE, form)


def test_a_value_without_an_end_does_not_fill_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "BLOCK_BYTES", 64)
    monkeypatch.setattr(json_text, "MOST_LETTERS", 512)

    with pytest.raises(DeliveryRefused, match="one value is longer than"):
        _read(tmp_path, '[{"a": "' + "x" * 4_096 + '"}]')


def test_json_in_place_of_text_and_text_in_place_of_json_are_told(tmp_path: Path) -> None:
    path = tmp_path / "made.csv"
    path.write_text('[{"a": 1}]', "utf-8")
    with pytest.raises(DeliveryRefused, match="the file is JSON, not delimited text"):
        read_head(str(path), Csv())
    path.write_text("a,b\n1,2\n", "utf-8")
    with pytest.raises(DeliveryRefused, match="the file is delimited text, not JSON"):
        read_head(str(path), PLAIN)
