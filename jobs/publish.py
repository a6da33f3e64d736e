"""Gold to published: a release of a curated table's newest version."""

from __future__ import annotations

from lakeward.lake import delta, ledger, release
from lakeward.lake.storage import Lake
from lakeward.pipelines.dataset import Curated


def publish(lake: Lake, curated: Curated, run_id: str) -> str:
    """Release the newest version of a curated table; give the release's number."""
    path = lake.table(curated.table)
    version = delta.version_of(path)
    if version is None:
        raise RuntimeError(f"{curated.name} is released before it is built")
    sources = curated.sources()
    facts = {
        "title": curated.title,
        "title_zh": curated.title_zh,
        "grain": curated.grain,
        "limits": curated.limits,
        "licence": " + ".join(sorted({source.source.licence for source in sources})),
        "licences": {source.name: source.source.licence for source in sources},
        "source_limits": {source.name: source.limits for source in sources if source.limits},
        "agencies": {source.name: source.agency for source in sources},
        "inputs": delta.note_of(path)["inputs"],
        "is_made": made(lake, curated),
    }
    return str(release.publish(lake, curated.table, version, curated.columns, facts, run_id)["release"])


def made(lake: Lake, curated: Curated) -> bool:
    """True when any delivery under a table is made data, as `lakeward sample` writes it."""
    names = {source.name for source in curated.sources()}
    return any(entry.is_made and entry.dataset in names for entry in ledger.entries(lake))
