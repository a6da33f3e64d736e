"""Charts by Altair, where it is installed: added up in DuckDB first, so that a browser gets few rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lakeward.lake.errors import UsageError
from lakeward.sharing.reader import drawing, duck

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa
    from duckdb import DuckDBPyRelation

WAYS = ("sum", "mean", "median", "min", "max", "count")
NUMBER = re.compile(r"U?(TINY|SMALL|BIG|HUGE)?INT|INTEGER|UINTEGER|FLOAT|DOUBLE|DECIMAL")
MOST_POINTS = 5_000
FONT = "Noto Sans TC, Noto Sans CJK TC, Microsoft JhengHei, PingFang TC, sans-serif"


def altair() -> Any:
    """Give Altair, with charts that need no server to be seen.

    Raises:
        UsageError: it is not installed.
    """
    try:
        import altair
    except ImportError as cause:
        raise UsageError("Altair is not installed", remedy="`pip install lakeward[notebook]`") from cause
    drawing.enable(altair)
    return altair


def style() -> None:
    """Have all charts of this process name fonts with Chinese, so that labels are no boxes."""
    theme = altair().theme
    theme.register("lakeward", enable=True)(lambda: theme.ThemeConfig(config={"font": FONT}))


def drawn(rows: DuckDBPyRelation, titles: Mapping[str, str], x: str, y: str, *, colour: str, of: str) -> Any:
    """Draw a chart of a table's rows.

    Args:
        rows: its rows, not read yet: DuckDB reads the columns that are drawn.
        titles: what its columns are called.
        x: as `Readable.plot` tells, with all that follow.
        y: up.
        colour: by which rows are told apart.
        of: how they are added up.
    """
    alt = altair()
    if of not in WAYS:
        raise duck.unknown("way to add up", of, WAYS)
    added = _added(rows, [x, *([colour] if colour else [])], y, of)
    if added.num_rows > MOST_POINTS:
        raise UsageError(
            f"{added.num_rows:,} points are too many for a chart", remedy="add where=, or take an x with fewer values"
        )
    is_day = _is_day(added.schema.field(x).type)
    channels = {
        "x": alt.X(f"{_escaped(x)}:{'T' if is_day else 'O'}", title=titles.get(x, x)),
        "y": alt.Y("value:Q", title=f"{titles.get(y, y)} · {of}"),
        "tooltip": [alt.Tooltip(_escaped(name)) for name in added.column_names],
    }
    if colour:
        channels["color"] = alt.Color(f"{_escaped(colour)}:N", title=titles.get(colour, colour))
    chart = alt.Chart(added)
    marked = chart.mark_line(point=True) if is_day or x.endswith("year") else chart.mark_bar()
    return marked.encode(**channels).properties(width=560, height=320).configure(font=FONT)


def _added(rows: DuckDBPyRelation, by: list[str], y: str, of: str) -> pa.Table:
    for name in (*by, y):
        if name not in rows.columns:
            raise duck.unknown("column", name, rows.columns)
    if of != "count" and not NUMBER.match(str(rows.types[rows.columns.index(y)])):
        raise UsageError(f"{y} holds no numbers", remedy='take another column, or count rows with of="count"')
    groups = ", ".join(map(duck.quoted, dict.fromkeys(by)))
    with duck.explained(rows.columns):
        added = rows.aggregate(f"{groups}, {of}({duck.quoted(y)})::double as value", groups).order(groups)
        found: pa.Table = added.to_arrow_table()
    return found


def _is_day(told: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_date(told) or pa.types.is_timestamp(told))


def _escaped(name: str) -> str:
    """Altair takes `.`, `[` and `:` in names for its own."""
    return "".join(f"\\{each}" if each in ".[]:" else each for each in name)
