"""The program that reads a workbook in a process of its own: damage that makes its library die kills only that.

    python -m lakeward.pipelines.sheets PATTERN < workbook

It writes a line of JSON for the name of each sheet and one for each row that is not blank, `[row, [text, …]]`, of the
sheets that the pattern means; what is wrong with the workbook it writes to standard error. Where no pattern says which
sheets are meant, those that nobody sees are not: agencies keep code lists and notes to themselves in them.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import resource
import sys

import python_calamine as calamine

MOST_BYTES = 3 << 30
MOST_SECONDS = 900
ENCRYPTED, DAMAGED = 3, 4
Value = int | float | str | bool | dt.time | dt.date | dt.datetime | dt.timedelta


def main() -> int:
    """Write the rows of the workbook in standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    try:
        _write(sys.argv[1])
    except calamine.PasswordError:
        return ENCRYPTED
    except Exception as cause:  # the library's errors have no kind of their own
        print(cause, file=sys.stderr)
        return DAMAGED
    return 0


def _write(pattern: str) -> None:
    book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    for sheet in book.sheets_metadata:
        print(json.dumps(sheet.name))
        is_meant = re.search(pattern, sheet.name) if pattern else sheet.visible == calamine.SheetVisibleEnum.Visible
        if not is_meant:
            continue
        for number, row in enumerate(book.get_sheet_by_name(sheet.name).iter_rows(), start=1):
            texts = [text(value) for value in row]
            if any(map(str.strip, texts)):
                print(json.dumps([number, texts]))


def text(value: Value) -> str:
    """Write a value as a person sees it in the sheet: 3.0 as 3, no more digits than the sheet has, ISO dates."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else f"{value:.15g}"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ")
    return str(value)


if __name__ == "__main__":
    raise SystemExit(main())
