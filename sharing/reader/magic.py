"""`%%lake` in Jupyter: a cell of SQL over a lake's tables; `%load_ext lakeward` brings it, and fonts for charts."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lakeward.lake.errors import UsageError
from lakeward.sharing.reader import plot
from lakeward.sharing.reader.lake import OpenLake

if TYPE_CHECKING:
    import pandas

LINE = re.compile(r"(?:(?P<into>\w+)\s*<<)?\s*(?P<lake>\S.*)?")


def register(shell: Any) -> None:
    """Bring the magic to a shell of IPython, and fonts with Chinese to Altair where it is installed."""
    with suppress(UsageError):
        plot.style()
    shell.register_magic_function(lambda line, cell: asked(shell.user_ns, line, cell), "cell", "lake")


def asked(names: dict[str, Any], line: str, query: str) -> pandas.DataFrame | None:
    """Run a cell.

    Args:
        names: the notebook's variables.
        line: what stands after `%%lake`: `result <<` keeps the rows under that name instead of showing them; then a
            variable that holds a lake, or a lake's address. By default the variable `lake`, else the default lake.
        query: the cell; all its lines may be comments of Python, as jupytext keeps them.

    Raises:
        UsageError: there is no such lake, or the query cannot be asked.
    """
    told = LINE.fullmatch(line.strip())
    into, where = (told["into"], told["lake"]) if told else (None, line.strip())
    lake = names.get(where or "lake")
    if not isinstance(lake, OpenLake):
        from lakeward.sharing.reader.opening import opened

        lake = opened(where or "")
    if not isinstance(lake, OpenLake):
        raise UsageError("shared tables are not asked by SQL", remedy="read them with .pandas(where=…)")
    rows: pandas.DataFrame = lake.sql(_bare(query)).to_arrow_table().to_pandas(date_as_object=False)
    if into is None:
        return rows
    names[into] = rows
    return None


def _bare(cell: str) -> str:
    """Give a cell's SQL; jupytext keeps cells that it does not know as comments of Python."""
    is_kept = all(line.startswith("#") for line in cell.splitlines() if line.strip())
    return re.sub(r"^# ?", "", cell, flags=re.MULTILINE) if is_kept else cell
