"""Reasons in Chinese, for the agencies whose rows were refused.

Reasons are made in English where rows are judged (`quality`, `pipelines/typed.py`, `pipelines/normalise.py`). Each
kind has one line here; a test finds every kind that the code can make.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

Names = Mapping[str, str]
WHOLE = "delivery refused: "
_READ = {
    "a text": "文字",
    "a whole number": "整數",
    "a number": "數字",
    "yes or no": "是或否",
    "a date": "日期",
    "a month": "年月",
    "a year": "年份",
    "a time": "時間",
}
_COUNTED = re.compile(r"(.*?) \(([\d,]+) rows\)(?:; |\Z)", re.DOTALL)
_ABOUT_COLUMNS: Sequence[tuple[str, Callable[[re.Match[str]], str]]] = (
    (r"no value", lambda _: "沒有值"),
    (r"no value, so no period", lambda _: "沒有值，無法得知屬於哪個期間"),
    (r"no value, so no part", lambda _: "沒有值，無法得知屬於哪一部分"),
    (r"has a value", lambda _: "不應有值"),
    (r"a value that may not be", lambda _: "是不允許的值"),
    (r"not a pair of the code list", lambda _: "不在成對的代碼表內"),
    (r"length above (.+)", lambda m: f"字數多於 {m[1]}"),
    (r"length below (.+)", lambda m: f"字數少於 {m[1]}"),
    (r"length not between (.+) and (.+)", lambda m: f"字數不在 {m[1]} 到 {m[2]} 之間"),
    (r"length is not (.+)", lambda m: f"字數不是 {m[1]}"),
    (r"matches one of (.+)", lambda m: f"符合不允許的格式之一 {m[1]}"),
    (r"matches (.+)", lambda m: f"符合不允許的格式 {m[1]}"),
    (r"does not match any of (.+)", lambda m: f"不符合任一格式 {m[1]}"),
    (r"does not match all of (.+)", lambda m: f"未符合全部格式 {m[1]}"),
    (r"are not equal", lambda _: "不相等"),
    (r"the first is not greater", lambda _: "前者未大於後者"),
    (r"two of them are equal", lambda _: "其中有兩個相等"),
    (r"not the sum of its parts", lambda _: "不等於各部分之和"),
    (r"do not sum to (.+)", lambda m: f"總和不是 {m[1]}"),
    (r"above (.+)", lambda m: f"大於 {m[1]}"),
    (r"below (.+)", lambda m: f"小於 {m[1]}"),
    (r"not between (.+) and (.+)", lambda m: f"不在 {m[1]} 到 {m[2]} 之間"),
    (r"not a time written as (.+)", lambda m: f"不是以 {m[1]} 格式寫的時間"),
    (r"not in the code list", lambda _: "不在代碼表內"),
    (r"does not match (.+)", lambda m: f"不符合格式 {m[1]}"),
    (rf"not ({'|'.join(_READ)})", lambda m: f"不是{_READ[m[1]]}"),
    (rf"not ({'|'.join(_READ)}) in (.+)", lambda m: f"「{m[2]}」中讀不出{_READ[m[1]]}"),
    (r"outside (.+), the period in the file's name", lambda m: f"不在檔名所示的期間 {m[1]} 之內"),
)
_ABOUT_ROWS: Sequence[tuple[str, Callable[[re.Match[str]], str]]] = (
    (r"(\d+) cells where the header has (\d+)", lambda m: f"這一列有 {m[1]} 格，標題列有 {m[2]} 格"),
    (r"repeats the key of an earlier row", lambda _: "鍵值與前面的列重複"),
)


def about(reason: str) -> tuple[str, ...]:
    """Give the declared columns that a reason speaks of, as far as it names them."""
    names, mark, _ = reason.partition(": ")
    return tuple(names.split(", ")) if mark and not reason.startswith(WHOLE) else ()


def in_chinese(reason: str, names: Names | None = None) -> str:
    """Give a reason in Chinese.

    Args:
        reason: as it stands in quarantine.
        names: what the agency calls the columns, by their declared names; a column not named here keeps its own.

    Returns:
        The Chinese; the English itself where no kind fits, so that nothing is hidden.
    """
    if reason.startswith(WHOLE):
        return f"整份檔案退回：{_verdict(reason.removeprefix(WHOLE), names or {})}"
    if (said := _said(reason, _ABOUT_ROWS)) is not None:
        return said
    columns, _, words = reason.partition(": ")
    said = _said(words, _ABOUT_COLUMNS)
    if said is None:
        return reason
    return f"{'、'.join((names or {}).get(name, name) for name in columns.split(', '))}：{said}"


def _verdict(verdict: str, names: Names) -> str:
    """Give the gate's verdict on a whole delivery in Chinese."""
    share = re.fullmatch(r"(\S+) % of (\S+) rows were refused, (\S+) % is allowed: (.*)", verdict, re.DOTALL)
    if share:
        worst = "；".join(f"{in_chinese(why, names)}（{count} 列）" for why, count in _COUNTED.findall(share[4]))
        return f"{share[2]} 列中有 {share[1]} % 不合格，容許 {share[3]} %：{worst}"
    left = re.fullmatch(r"(\S+) rows are left, the suite allows (.+) to (.+)", verdict)
    if left:
        low, high = ("不限" if bound == "any number" else bound for bound in left.groups()[1:])
        return f"只剩 {left[1]} 列，規則容許 {low} 到 {high} 列"
    return verdict


def _said(words: str, kinds: Sequence[tuple[str, Callable[[re.Match[str]], str]]]) -> str | None:
    found = ((re.fullmatch(pattern, words, re.DOTALL), say) for pattern, say in kinds)
    return next((say(match) for match, say in found if match), None)
