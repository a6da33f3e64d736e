"""Generated ids, cards and telephones are found, however they are written; near misses are not."""

from __future__ import annotations

import unicodedata
from string import ascii_uppercase

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakeward.sharing.privacy.checksums import LETTERS, is_card, is_resident_id
from lakeward.sharing.privacy.detectors import DETECTORS
from lakeward.sharing.privacy.scan import ANY

FULL_WIDTH = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)} | {" ": "\u3000"})
digits = st.text("0123456789", min_size=7, max_size=7)


def _kinds(text: str) -> set[str]:
    plain = unicodedata.normalize("NFKC", text)
    found = {each.name for each in DETECTORS if each.look(plain)[1]}
    is_fast = pc.match_substring_regex(pa.scalar(plain), ANY, ignore_case=True).as_py()
    assert is_fast or not found, "the fast look must let pass all that the closer one finds"
    return found


def _resident_id(letter: str, second: str, seven: str) -> str:
    """Complete an id by its check digit, reckoned as the ministry's form does: by columns, not by our sum."""
    head = str(LETTERS[letter])
    value = str(LETTERS[second])[1] if second.isalpha() else second
    total = (
        int(head[0]) + 9 * int(head[1]) + sum(int(d) * w for d, w in zip(value + seven, range(8, 0, -1), strict=True))
    )
    return f"{letter}{second}{seven}{(10 - total % 10) % 10}"


@settings(deadline=None)
@given(st.sampled_from(ascii_uppercase), st.sampled_from("1289ABCD"), digits)
def test_a_valid_id_is_found_plain_full_width_spaced_and_in_a_sentence(letter: str, second: str, seven: str) -> None:
    number = _resident_id(letter, second, seven)

    assert is_resident_id(number)
    for text in (
        number, number.lower(), number.translate(FULL_WIDTH), f"{number[:4]} {number[4:7]} {number[7:]}",
        f"{number[0]}-{number[1:]}", f"王小明{number}先生", f"身分證：{number}。",
    ):  # fmt: skip
        assert "id" in _kinds(text), text


@settings(deadline=None)
@given(st.sampled_from(ascii_uppercase), st.sampled_from("1289ABCD"), digits, st.integers(1, 9), st.integers(0, 8))
def test_an_id_with_one_digit_changed_is_none_where_the_rule_can_tell(
    letter: str, second: str, seven: str, by: int, at: int
) -> None:
    number = _resident_id(letter, second, seven)
    place = 2 + at % 7
    changed = number[:place] + str((int(number[place]) + by) % 10) + number[place + 1 :]

    weight = 9 - place  # those that share a factor with 10 let some changes pass: the rule itself is no better
    assert is_resident_id(changed) == (weight * by % 10 == 0)


@pytest.mark.parametrize("number", ["A123456789", "A800000014"])
def test_the_ministrys_examples_are_ids(number: str) -> None:
    assert is_resident_id(number) and not is_resident_id(number[:-1] + str((int(number[-1]) + 1) % 10))


@pytest.mark.parametrize("text", ["XA123456789", "A1234567890", "A12345678", "A323456789", "AE12345678", "65000010001"])
def test_other_codes_are_no_ids(text: str) -> None:
    assert "id" not in _kinds(text)


@settings(deadline=None)
@given(st.sampled_from(("4", "51", "35", "62", "37")), st.text("0123456789", min_size=13, max_size=13))
def test_cards_have_luhns_digit(issuer: str, rest: str) -> None:
    body = (issuer + rest)[:15]
    valid = [body + str(last) for last in range(10) if is_card(body + str(last))]

    assert len(valid) == 1
    number = valid[0]
    for text in (number, number.translate(FULL_WIDTH), "-".join(number[at : at + 4] for at in range(0, 16, 4))):
        assert "card" in _kinds(f"卡號 {text}"), text
    assert "card" not in _kinds(body + str((int(number[-1]) + 1) % 10))


@pytest.mark.parametrize(
    "text",
    [
        "0912345678", "0912-345-678", "0912 345 678", "０９１２－３４５－６７８", "+886 912 345 678", "(+886)912-345-678",
        "09-1234-5678", "886912345678", "(02)2345-6789", "02-23456789", "+886-2-2345-6789", "037-223456", "(04)22345678",
        "電話：08-7321234", "0223456789",
    ],
)  # fmt: skip
def test_telephones_are_found(text: str) -> None:
    assert "phone" in _kinds(text)


@pytest.mark.parametrize(
    "text",
    ["09007010001", "0900701-001", "2015-04-1234567", "04-12345678", "10002010-001", "1,234,567,890", "0.0912345678"],
)
def test_codes_dates_and_numbers_are_no_telephones(text: str) -> None:
    assert "phone" not in _kinds(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x.y+z@example.gov.tw", "email"), ("ｘ ＠ example.tw", "email"), ("ABC-1234", "plate"), ("1234-AB", "plate"),
        ("ＡＢＣ－１２３４", "plate"), ("ABC 1234", "plate"), ("車號 AB-1234 違停", "plate"), ("000012345678", "health_card"),
        ("忠孝路1段163號前", "address"), ("西崙村307之2號", "address"), ("忠孝東路四段三樓", "address"),
        ("臺灣大道二段１０號", "address"), ("No. 7, Sec. 2, Xinyi Rd., Taipei", "address"),
        ("25.0339,121.5645", "coordinates"), ("121.433604", "coordinates"),
    ],
)  # fmt: skip
def test_what_is_a_persons_is_found(text: str, kind: str) -> None:
    assert kind in _kinds(text)


@pytest.mark.parametrize(
    "text",
    [
        "國道1號 167公里",
        "大里區國道1號",
        "忠孝東路 / 復興南路口",
        "PM2.5",
        "@home",
        "121.43",
        "police/npa_a1_2026_01.csv",
        "2015-01-01",
    ],
)
def test_what_tells_of_no_person_is_not_found(text: str) -> None:
    assert not _kinds(text)
