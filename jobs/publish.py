"""Gold to published: a release of a version of a curated table, the one way by which anything is published."""

from __future__ import annotations

from typing import Any

from lakeward.lake import delta, ledger, release
from lakeward.lake.press import Manifest
from lakeward.lake.storage import Lake
from lakeward.pipelines.dataset import Curated
from lakeward.sharing.privacy import gate
from lakeward.sharing.releases import keys, origin, verdict
from lakeward.sharing.releases.press import Consumers
from lakeward.sharing.releases.terms import terms_of
from lakeward.sharing.releases.verdict import ReleaseRefused


def publish(
    lake: Lake, curated: Curated, run_id: str, *, version: int | None = None, reason: str | None = None
) -> Manifest:
    """Release a version of a curated table; one that is released already gives that release.

    Args:
        lake: the lake.
        curated: its declaration.
        run_id: the run.
        version: which version; by default the newest.
        reason: why it is to be released though its last check failed or it was withdrawn; None when it is not.

    Raises:
        PrivacyRefused: it would tell of persons; no reason helps against that.
        ReleaseRefused: its last check failed, or this version was withdrawn, and no reason is given.
        TermsRefused: its sources' licences are unknown or contradict each other.
    """
    path = lake.table(curated.table)
    version = delta.version_of(path) if version is None else version
    if version is None:
        raise RuntimeError(f"{curated.name} is released before it is built")
    gate.let_pass(gate.check(lake, curated, version))
    quality = _quality(lake, curated, version)
    objections = [*verdict.objections(curated.name, quality), *_withdrawals(lake, curated, version)]
    if objections and reason is None:
        raise ReleaseRefused(curated.name, objections)
    sources = curated.sources()
    facts = {
        "title": curated.title,
        "title_zh": curated.title_zh,
        "grain": curated.grain,
        "limits": curated.limits,
        **terms_of(curated),
        "licences": {source.name: source.source.licence for source in sources},
        "source_limits": {source.name: source.limits for source in sources if source.limits},
        "agencies": {source.name: source.agency for source in sources},
        "inputs": origin.inputs_of(lake, curated.table, version),
        "deliveries": origin.deliveries_of(lake, curated.table, version),
        "quality": quality,
        "code": origin.code(),
        "is_made": made(lake, curated),
        **({"forced": {"reason": reason, "against": objections}} if objections else {}),
    }
    press = Consumers(lake, keys.configured())
    return release.publish(lake, curated.table, version, curated.columns, facts, run_id, press)


def made(lake: Lake, curated: Curated) -> bool:
    """True when any delivery under a table is made data, as `lakeward sample` writes it."""
    names = {source.name for source in curated.sources()}
    return any(entry.is_made and entry.dataset in names for entry in ledger.entries(lake))


def _quality(lake: Lake, curated: Curated, version: int) -> dict[str, Any]:
    """Give the newest verdict; for a version that was brought back, the one of the run that first made it."""
    note = origin.note_of(lake, curated.table, version)
    if "restored" not in note:
        return verdict.verdict_of(lake, curated.table)
    first = origin.note_of(lake, curated.table, note["restored"])
    return verdict.verdict_of(lake, curated.table, first["run"])


def _withdrawals(lake: Lake, curated: Curated, version: int) -> list[str]:
    """Say as which releases a version was withdrawn, where none of it stands."""
    of_it = [each for each in release.manifests(lake.releases(curated.table)) if each["source"]["version"] == version]
    if any(not each.get("withdrawn") for each in of_it):
        return []
    return [f"release {each['release']} of it was withdrawn: {each['withdrawn']['reason']}" for each in of_it]
