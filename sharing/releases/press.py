"""How the files of a release are made for consumers: Parquet that tells its own origin, CSV, a workbook, the papers."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow.lib import ArrowException

from lakeward.lake.press import ROWS_A_GROUP, WRITING, Manifest, Press
from lakeward.lake.storage import Lake
from lakeward.sharing.releases import as_csv, as_xlsx, changes, papers, seal
from lakeward.sharing.releases.geometry import COLUMN, source_of, with_geometry
from lakeward.sharing.releases.keys import Key
from lakeward.sharing.releases.rows import rows_of

FOOTER = "lakeward"
IN_FOOTER = (
    "table", "release", "source", "rows", "title", "title_zh", "licence", "terms", "inputs", "deliveries", "quality",
    "code", "is_made", "forced",
)  # fmt: skip
"""What a Parquet file tells of its release. Nothing of it differs when the same release is made again."""


@dataclass(frozen=True, slots=True)
class Consumers(Press):
    """The press for consumers.

    Args:
        lake: where the releases lie.
        key: what signs them; None leaves them unsigned.
    """

    lake: Lake
    key: Key | None = None

    def facts(self, draft: Manifest, rows: pa.Table, last: Manifest | None) -> Mapping[str, object]:
        """Tell what changed since the release before, and where places are."""
        told: dict[str, object] = {"changes": self._changes(draft, rows, last)}
        if names := source_of(rows.column_names):
            told["geometry"] = {"column": COLUMN, "in": "parquet", "of": list(names), "crs": "OGC:CRS84"}
        return told

    def parquet(self, path: Path, rows: pa.Table, draft: Manifest) -> pa.Table:
        """Write rows as sealed Parquet, its footer telling where it is from; places as GeoParquet."""
        made, footer = with_geometry(rows)
        told = {"schema": "lakeward.provenance/1", **{name: draft[name] for name in IN_FOOTER if name in draft}}
        told["signed_by"] = self.key.public.text if self.key else ""
        told["signature"] = papers.SIGNATURE
        footer |= {FOOTER: json.dumps(told, ensure_ascii=False), seal.FOOTER: seal.BLANK}
        with pq.ParquetWriter(path, made.schema, **WRITING) as writer:
            writer.write_table(made, ROWS_A_GROUP)
            writer.add_key_value_metadata(footer)
        seal.seal(path, self.key)
        return made

    def beside(self, stage: Path, rows: pa.Table, draft: Manifest) -> Iterable[Path]:
        """Write CSV, and a workbook where rows are few."""
        name = draft["table"].removeprefix("gold.")
        yield as_csv.write(stage / f"{name}.csv", rows)
        if as_xlsx.fits(rows):
            yield as_xlsx.write(stage / f"{name}.xlsx", rows, draft["schema"], _about(draft))

    def papers(self, lake: Lake, folder: Path) -> None:
        """Put checksums and signature beside the manifest."""
        papers.lay(lake, folder, self.key)

    def _changes(self, draft: Manifest, rows: pa.Table, last: Manifest | None) -> dict[str, object]:
        if last is None:
            return {"since": None, "text": {"zh": "首次發布。", "en": "First release."}}
        since, moved = last["release"], changes.columns_changed(last["schema"], draft["schema"])
        try:
            before = rows_of(self.lake, last)
        except (ArrowException, OSError):  # harm to an old release stops no new one; `lakeward fsck` tells of it
            return {"since": since, "columns": moved, "text": changes.not_compared(since)}
        counts = changes.rows_changed(before, rows, [each["name"] for each in draft["schema"] if each["key"]])
        return {"since": since, "rows": counts, "columns": moved, "text": changes.in_words(since, counts, moved)}


def _about(draft: Manifest) -> dict[str, str]:
    facts = {
        "title": draft.get("title", ""), "標題": draft.get("title_zh", ""), "table": draft["table"],
        "release": draft["release"], "licence": draft.get("licence", ""), "limits": draft.get("limits", ""),
    }  # fmt: skip
    sources = dict(draft.get("terms", {}).get("attributions", {}))
    return {name: text for name, text in {**facts, **sources}.items() if text}
