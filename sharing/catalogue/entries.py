"""Makes the catalogue's entries from declarations, newest releases and the records of checks; starts no JVM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from lakeward.lake import ledger, release
from lakeward.lake.release import Manifest
from lakeward.lake.storage import Lake
from lakeward.lake.table import Column, Personal, as_cell
from lakeward.lake.treatment import Aggregated, Generalised, Hashed
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Curated, Dataset
from lakeward.quality import history
from lakeward.sharing.catalogue.address import web
from lakeward.sharing.catalogue.cadence import cadence, slowest
from lakeward.sharing.catalogue.coverage import coverage
from lakeward.sharing.catalogue.entry import Entry, Field, Origin, Quality
from lakeward.sharing.catalogue.licence import Licence, licence
from lakeward.sharing.catalogue.released import File, Release
from lakeward.sharing.catalogue.text import Text, both
from lakeward.sharing.catalogue.theme import theme
from lakeward.sharing.privacy.gate import class_of
from lakeward.sharing.releases.papers import SIGNATURE, SUMS
from lakeward.sharing.releases.recall import BESIDE, marks

TITLES_SHOWN = 12
PAPERS = (release.MANIFEST, SUMS, SIGNATURE, BESIDE)


def entries(lake: Lake, tables: Iterable[Table]) -> tuple[Entry, ...]:
    """Tell what the catalogue knows of some tables, in their order.

    Args:
        lake: the lake; one that does not exist yet has no releases and no checks.
        tables: declarations.
    """
    checks = {each["table"]: each for each in history.standing(history.last(history.records(lake)))}
    made = {told.dataset for told in ledger.entries(lake) if told.is_made}
    return tuple(_entry(lake, table, checks.get(table.table), made) for table in tables)


def domain(table: Table) -> str:
    """Name the domain of a table: its folder; of a curated table the share it is given out by, else a source's."""
    if isinstance(table, Dataset):
        return table.name.partition(".")[0]
    return table.publish.share if table.publish else next(map(domain, table.sources()), "curated")


def _entry(lake: Lake, table: Table, check: Mapping[str, Any] | None, made: set[str]) -> Entry:
    sources = table.sources() if isinstance(table, Curated) else (table,)
    agencies = tuple(dict.fromkeys(both(each.agency) for each in sources))
    manifest = _manifest(lake, table)
    fields = _fields(table, manifest)
    return Entry(
        name=table.name,
        title=Text(table.title_zh, table.title),
        description=_description(table, agencies, fields),
        grain=table.grain if isinstance(table, Curated) else "",
        limits=table.limits,
        theme=theme(domain(table)),
        agencies=agencies,
        licences=_licences(sources, manifest),
        attributions=_attributions((table, *sources), manifest),
        cadence=slowest(cadence(each.source.cadence) for each in sources),
        coverage=coverage(fields, agencies, _parquet(lake, table, manifest)),
        fields=fields,
        origins=_origins(table) if isinstance(table, Curated) else (),
        page=web(table.source.page) if isinstance(table, Dataset) else "",
        release=_release(lake, table, manifest) if manifest else None,
        quality=_quality(check, manifest),
        is_made=any(each.name in made for each in sources) or bool(manifest and manifest.get("is_made")),
        share=table.publish.share if manifest and table.publish else "",
        decisions=_decisions(sources, manifest),
    )


def _manifest(lake: Lake, table: Table) -> Manifest | None:
    found = release.newest(lake, table.table) if isinstance(table, Curated) else None
    return None if found and found.get("withdrawn") else found


def _fields(table: Table, manifest: Manifest | None) -> tuple[Field, ...]:
    """Tell the columns as they were released, which may be fewer than are declared; else as they are declared."""
    declared = {column.name: _field(column) for column in table.columns}
    if manifest is None:
        return tuple(declared.values())
    return tuple(
        Field(
            told["name"], told["type"], Text(told["title_zh"] or told["name"], told["name"]), told["description"],
            told["unit"], told["key"],
            *((known.codes, known.privacy, known.treated) if (known := declared.get(told["name"])) else ()),
        )
        for told in manifest["schema"]
    )  # fmt: skip


def _field(column: Column) -> Field:
    return Field(
        column.name, column.type, Text(title_of(column), column.name), column.description, column.unit, column.key,
        column.codes, class_of(column), _treated(column),
    )  # fmt: skip


def _treated(column: Column) -> Text | None:
    match column.treated if isinstance(column, Personal) else None:
        case Hashed():
            return Text("已雜湊", "hashed")
        case Generalised(to):
            return Text(f"已概化至 {to}", f"generalised to {to}")
        case Aggregated():
            return Text("已彙總", "aggregated")
        case _:
            return None


def title_of(column: Column) -> str:
    """Give a column's Chinese title: the declared one, else the agency's own header."""
    cell = as_cell(column.cell)
    headers = [" ".join(each.split()) for each in cell.headers if not each.startswith("_")]
    return column.title or "＋".join(headers) or column.name


def _description(table: Table, agencies: Sequence[Text], fields: Sequence[Field]) -> Text:
    """Say in a few sentences what a table holds; what declarations have in English only is told in English only."""
    titles = [each.title.zh for each in fields]
    more = "等" if len(titles) > TITLES_SHOWN else ""
    made_of = "、".join(each.zh for each in agencies)
    origin = f"整合自{made_of}的資料" if isinstance(table, Curated) else f"原始資料由{made_of}提供"
    grain = f" One row is {table.grain.removeprefix('one row ')}." if isinstance(table, Curated) and table.grain else ""
    return Text(
        f"{table.title_zh}。{origin}；欄位有{'、'.join(titles[:TITLES_SHOWN])}{more}。",
        f"{table.title}.{grain.replace('One row is a ', 'One row a ')} {table.limits}".strip(),
    )


def _licences(sources: Iterable[Dataset], manifest: Manifest | None) -> tuple[Licence, ...]:
    """Give the terms that a release was given out under, which a person may have decided; else those of its sources."""
    if manifest and "terms" in manifest:
        told = zip(manifest["licence"].split(" AND "), manifest["terms"]["uris"], strict=True)
        return tuple(replace(licence(name), uri=uri) for name, uri in told)
    found = (licence(_said(each)) for each in sources)
    return tuple({each.title: each for each in found}.values())


def _said(source: Dataset) -> str:
    """Give a source's licence as a person decided it, or as its declaration has it."""
    decided = source.publish.decided if source.publish else None
    return decided.licence if decided else source.source.licence


def _decisions(sources: Iterable[Dataset], manifest: Manifest | None) -> tuple[str, ...]:
    if manifest and "terms" in manifest:
        told = manifest["terms"].get("decisions", {})
    else:
        told = {each.name: asdict(each.publish.decided) for each in sources if each.publish and each.publish.decided}
    return tuple(
        f"{name}: {each['licence']}, {each['by']}, {each['on']}, {each['reason']}" for name, each in told.items()
    )


def _attributions(tables: Iterable[Table], manifest: Manifest | None) -> tuple[str, ...]:
    if manifest and "terms" in manifest:
        return tuple(dict.fromkeys(manifest["terms"]["attributions"].values()))
    told = (table.publish.attribution for table in tables if table.publish)
    return tuple(dict.fromkeys(filter(None, told)))


def _parquet(lake: Lake, table: Table, manifest: Manifest | None) -> list[Any]:
    if manifest is None:
        return []
    folder = lake.releases(table.table) / manifest["release"]
    return [folder / each for each in release.parquet_of(manifest)]


def _release(lake: Lake, table: Table, manifest: Manifest) -> Release:
    first = release.manifests(lake.releases(table.table))[0]
    folder = lake.releases(table.table) / manifest["release"]
    return Release(
        number=manifest["release"],
        released_at=manifest["released_at"],
        first_at=first["released_at"],
        run_id=manifest["run_id"],
        version=manifest["source"]["version"],
        rows=manifest["rows"],
        files=tuple(File(each["path"], each["bytes"], each["sha256"], each.get("rows")) for each in manifest["files"]),
        inputs=dict(manifest.get("inputs", {})),
        changes=Text(**manifest["changes"]["text"]) if "changes" in manifest else None,
        forced=manifest.get("forced", {}).get("reason", ""),
        papers=tuple(name for name in PAPERS if (folder / name).exists()),
        errata=tuple(each["reason"] for each in marks(folder)),
    )


def _origins(table: Curated) -> tuple[Origin, ...]:
    """Give the tables that one reads, then those further up, each once."""
    found: dict[str, Origin] = {}
    waiting: list[tuple[Table, bool]] = [(each, True) for each in table.tables]
    while waiting:
        each, is_direct = waiting.pop(0)
        if each.name not in found:
            found[each.name] = _origin(each, is_direct)
            waiting += [(further, False) for further in (each.tables if isinstance(each, Curated) else ())]
    return tuple(found.values())


def _origin(table: Table, is_direct: bool) -> Origin:
    sources = table.sources() if isinstance(table, Curated) else (table,)
    return Origin(
        name=table.name,
        title=Text(table.title_zh, table.title),
        agencies=tuple(dict.fromkeys(both(each.agency) for each in sources)),
        licence=licence(" + ".join(dict.fromkeys(each.source.licence for each in sources))),
        page=web(table.source.page) if isinstance(table, Dataset) else "",
        is_direct=is_direct,
    )


def _quality(check: Mapping[str, Any] | None, manifest: Manifest | None) -> Quality | None:
    """Tell how the rules came out on what was released; where a manifest does not say, when they were last checked."""
    told = manifest.get("quality") if manifest else None
    if manifest and told and told["rules"]:
        failed = sum(each["severity"] == "critical" for each in told["broken"])
        warned = len(told["broken"]) - failed
        refused = int(told["verdict"] == "failed")
        return Quality(manifest["released_at"], told["rules"], told["held"], warned, failed, refused)
    if check is None:
        return None
    counts = (check[name] for name in ("rules", "held", "warned", "failed", "refused"))
    return Quality(check["checked_at"], *counts)
