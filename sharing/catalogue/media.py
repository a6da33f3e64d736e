"""What files and columns are called by each standard."""

from __future__ import annotations

import re
from dataclasses import dataclass

FILE_TYPES = "http://publications.europa.eu/resource/authority/file-type/"
IANA = "https://www.iana.org/assignments/media-types/"


@dataclass(frozen=True, slots=True)
class Media:
    """A kind of file.

    Args:
        type: its media type.
        code: its name among the file types of the EU Publications Office.
    """

    type: str
    code: str

    @property
    def format_uri(self) -> str:
        """Give the address of its code."""
        return f"{FILE_TYPES}{self.code}"

    @property
    def type_uri(self) -> str:
        """Give the address of its media type."""
        return f"{IANA}{self.type}"


KINDS = {
    "parquet": Media("application/vnd.apache.parquet", "PARQUET"),
    "csv": Media("text/csv", "CSV"),
    "xlsx": Media("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX"),
    "json": Media("application/json", "JSON"),
    "geojson": Media("application/geo+json", "GEOJSON"),
    "zip": Media("application/zip", "ZIP"),
}
OTHER = Media("application/octet-stream", "OCTET")


def media(ending: str) -> Media:
    """Give the kind of a file by what its name ends in."""
    return KINDS.get(ending, OTHER)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of value.

    Args:
        frictionless: its type in a Table Schema.
        croissant: its data type in Croissant.
    """

    frictionless: str
    croissant: str


TEXT = Kind("string", "sc:Text")
VALUES = {
    "boolean": Kind("boolean", "sc:Boolean"),
    "date": Kind("date", "sc:Date"),
    "timestamp": Kind("datetime", "sc:DateTime"),
    "array": Kind("array", "sc:Text"),
    "map": Kind("object", "sc:Text"),
    "struct": Kind("object", "sc:Text"),
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint"), Kind("integer", "sc:Integer")),
    **dict.fromkeys(("float", "double", "decimal"), Kind("number", "sc:Float")),
}


def kind(spark_type: str) -> Kind:
    """Give the kind of a column's values by its Spark SQL type."""
    return VALUES.get(re.split(r"[(<]", spark_type, maxsplit=1)[0], TEXT)
