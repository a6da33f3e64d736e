"""What `add` keeps of an address: no key, and still enough for `fetch` to ask again."""

from __future__ import annotations

from datetime import date

import pytest

from lakeward.jobs import fetch
from lakeward.jobs.draft.address import address

DAY = date(2026, 11, 29)


@pytest.mark.parametrize(
    ("url", "kept", "keys"),
    [
        ("https://a.gov.tw/x.csv", "https://a.gov.tw/x.csv", {}),
        ("https://a.gov.tw/x?id=7&year=114", "https://a.gov.tw/x?id=7&year=114", {}),
        ("https://a.gov.tw/$x?id=%24", "https://a.gov.tw/$$x?id=%24", {}),
        ("https://a/x?id=7&api_key=S%3D1", "https://a/x?id=7&api_key=${MY_API_KEY}", {"MY_API_KEY": "S%3D1"}),
        ("https://a/x?Authorization=S", "https://a/x?Authorization=${MY_AUTHORIZATION}", {"MY_AUTHORIZATION": "S"}),
        ("https://a/x?S", "https://a/x?${MY_KEY}", {"MY_KEY": "S"}),
        ("https://a/x?key=S&key=T", "https://a/x?key=${MY_KEY}&key=${MY_KEY_2}", {"MY_KEY": "S", "MY_KEY_2": "T"}),
    ],
)
def test_keys_become_variables_that_fetch_fills_in(url: str, kept: str, keys: dict[str, str]) -> None:
    found = address(url, "my")

    assert (found.text, found.variables) == (kept, tuple(keys))
    assert fetch.address(found.text, keys, DAY) == url


def test_what_no_server_sees_is_left_out_and_what_is_kept_is_told() -> None:
    assert address("https://a.gov.tw/x.csv#token=S", "my").text == "https://a.gov.tw/x.csv"
    told = address("https://a.gov.tw/x?id=7&sig=S", "my").notes()
    assert "export MY_SIG=" in told[0]
    assert "plain name" in told[1]
