"""Lines for Excel's Power Query: an extract with the type of each column, so that codes keep their leading zeros."""

from __future__ import annotations

from collections.abc import Sequence

TYPES = {
    "int": "Int64.Type", "bigint": "Int64.Type", "double": "type number", "boolean": "type logical",
    "date": "type date", "timestamp": "type datetimezone",
}  # fmt: skip
DOWNLOADS = "C:\\下載\\"


def of_csv(name: str, where: str, columns: Sequence[tuple[str, str]]) -> str:
    """Give the lines that load a CSV file.

    Args:
        name: the file's.
        where: the address of its folder, with a slash at its end; empty where it is downloaded first.
        columns: names and types as declared, in their order.
    """
    types = ",\n".join(f"        {{{_text(column)}, {TYPES.get(kind, 'type text')}}}" for column, kind in columns)
    return "\n".join((
        "let",
        f'    read = Csv.Document({_source(name, where)}, [Delimiter=",", Encoding=65001, QuoteStyle=QuoteStyle.Csv]),',
        "    named = Table.PromoteHeaders(read, [PromoteAllScalars=true]),",
        f'    typed = Table.TransformColumnTypes(named, {{\n{types}\n    }}, "en-US")',
        "in",
        "    typed",
    ))  # fmt: skip


def of_parquet(name: str, where: str) -> str:
    """Give the lines that load a Parquet file, which holds the types itself."""
    return f"let\n    rows = Parquet.Document({_source(name, where)})\nin\n    rows"


def _source(name: str, where: str) -> str:
    return f"Web.Contents({_text(where + name)})" if where else f"File.Contents({_text(DOWNLOADS + name)})"


def _text(told: str) -> str:
    """Write a text as the language M does: quotes twice, and `#(` would begin an escape."""
    return '"' + told.replace('"', '""').replace("#(", "#(#)(") + '"'
