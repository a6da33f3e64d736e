"""Rows on a terminal: one a line, whatever an agency wrote into a cell."""

from __future__ import annotations

from lakeward.jobs.report import columns


def test_a_break_in_a_cell_breaks_no_line_and_no_cell_speaks_to_the_terminal() -> None:
    rows = [("民族路二段66號\r\n新光三越旁", 1), ("\x1b[2J清空\x07", 2000), (None, 3)]

    assert [line.split() for line in columns(rows, ("place", "n")).splitlines()] == [
        ["place", "n"], ["民族路二段66號↵新光三越旁", "1"], ["�[2J清空�", "2,000"], ["-", "3"],
    ]  # fmt: skip
