"""What there is to do, decided without a JVM from the landing listing, content hashes and the Delta logs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Literal

from lakeward.jobs import bulk
from lakeward.jobs.arrivals import TO_READ, Arrival, arrivals
from lakeward.jobs.fingerprints import held_against, made_by, reading_of, source_of
from lakeward.jobs.parts import why_whole
from lakeward.jobs.silver import DAMAGED, readings_of, silver_state
from lakeward.lake import delta, landing, ledger
from lakeward.lake.landing import Delivery
from lakeward.lake.ledger import Entry
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.dataset import Curated, Dataset

GONE = (
    "it is to be read again, but the file is gone from the landing zone: what was read of it before stays; put it back"
)


@dataclass(frozen=True, slots=True)
class DatasetPlan:
    """What a run would do for one data set.

    Args:
        dataset: its declaration.
        found: every file found, with what is to become of it; None when the landing zone was not looked at.
        strange: files beside them that nothing declares.
        gone: deliveries that bronze holds as an earlier format read them, and whose files are gone.
        fingerprint: of the declaration and the code that reads it.
        reading: of its format and the code that reads it.
        why: the reason in words; empty when there is nothing to do.
        behind: the ledger's lines of deliveries in bronze that silver lacks, or is to be made anew from.
    """

    dataset: Dataset
    found: tuple[Arrival, ...] | None
    strange: tuple[str, ...]
    fingerprint: str
    why: str
    reading: str = ""
    gone: tuple[str, ...] = ()
    behind: tuple[Entry, ...] = ()

    @property
    def arrivals(self) -> tuple[Arrival, ...]:
        """Every file found, with what is to become of it."""
        return self.found or ()

    @property
    def unread(self) -> tuple[Arrival, ...]:
        """The deliveries that bronze is to take in, or to take in again."""
        return tuple(arrival for arrival in self.arrivals if arrival.status in TO_READ)

    @property
    def refused(self) -> tuple[Arrival, ...]:
        """The deliveries that cannot be used."""
        return tuple(arrival for arrival in self.arrivals if arrival.status == "refused")

    @property
    def is_small(self) -> bool:
        """True when so little was delivered in all that any of it may be judged without making code for it."""
        return self.found is not None and bulk.is_small(_files(self.found))

    def entries(self, arrivals: Iterable[Arrival]) -> list[Entry]:
        """Give arrivals as lines for the ledger."""
        return [each.entry(self.dataset.name, self.fingerprint, self.reading) for each in arrivals]

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know, though it stops nothing."""
        said = [f"{a.delivery.file}: {a.reason}" for a in self.arrivals if a.status in ("duplicate", "empty")]
        said += [f"{a.delivery.file}: {text}" for a in self.arrivals for text in a.warnings]
        said += [f"{file}: {GONE}" for file in self.gone]
        said += [f"no file in the landing zone matches {self.dataset.source.files}"] if self.found == () else []
        return tuple(said + [f"{file}: no declaration reads it" for file in self.strange])


@dataclass(frozen=True, slots=True)
class CuratedPlan:
    """What a run would do for one curated table; `why` is empty when it is up to date.

    Where its suite alone changed, the rows that are there are checked again; where only a release lacks, it is made.
    `whole` says why all rows are to be built again; it is empty where only the parts are that newer inputs touch.
    """

    curated: Curated
    fingerprint: str
    why: str
    work: Literal["build", "check", "release"] = "build"
    whole: str = "nothing told which parts are touched"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do, in an order in which inputs come before what rests on them."""

    steps: Mapping[str, DatasetPlan | CuratedPlan] = field(default_factory=dict)

    @property
    def is_idle(self) -> bool:
        """True when nothing needs Spark."""
        return not any(step.why for step in self.steps.values())

    @property
    def is_long(self) -> bool:
        """True when there is much to read, or to judge anew."""
        work = [step for step in self.steps.values() if isinstance(step, DatasetPlan)]
        unread = (file for step in work for file in _files(step.unread))
        return bulk.is_long(chain(unread, (entry for step in work for entry in step.behind)))


def _files(arrivals: Iterable[Arrival]) -> list[Delivery]:
    return [each.delivery for each in arrivals]


def plan(lake: Lake, landing_root: str | None, tables: Iterable[Table]) -> Plan:
    """Decide what a run of these tables would do; inputs must come before what rests on them.

    Without a landing root, nothing new is looked for: what lies in bronze is judged by the declarations of today.
    """
    told = _by_dataset(ledger.entries(lake))
    steps: dict[str, DatasetPlan | CuratedPlan] = {}
    for table in tables:
        if isinstance(table, Dataset):
            steps[table.name] = plan_dataset(lake, landing_root, table, told.get(table.name, []))
        else:
            steps[table.name] = plan_curated(lake, table, steps)
    return Plan(_knowing_each_other(steps))


def _knowing_each_other(steps: dict[str, DatasetPlan | CuratedPlan]) -> dict[str, DatasetPlan | CuratedPlan]:
    """Take from the strange files of each data set those that another one reads."""
    planned = [step for step in steps.values() if isinstance(step, DatasetPlan)]
    read = {arrival.delivery.file for step in planned for arrival in step.arrivals}
    for step in planned:
        if read.intersection(step.strange):
            strange = tuple(file for file in step.strange if file not in read)
            steps[step.dataset.name] = replace(step, strange=strange)
    return steps


def plan_dataset(lake: Lake, landing_root: str | None, dataset: Dataset, told: list[Entry]) -> DatasetPlan:
    """Decide what a run would do for one data set."""
    fingerprint, reading = made_by(dataset), reading_of(dataset)
    state = silver_state(lake, dataset, told, fingerprint)
    behind = tuple({entry.sha256: entry for entry in told if entry.sha256 in state.pending}.values())
    if landing_root is None:
        return DatasetPlan(dataset, None, (), fingerprint, state.why, reading, behind=behind)
    held = readings_of(lake.table(f"bronze.{dataset.name}"))
    found, strange = landing.deliveries(landing_root, dataset.source.files, dataset.source.others)
    known = {(entry.file, entry.bytes, entry.modified_at): entry.sha256 for entry in told if entry.sha256}
    identified = [each.identified(known) for each in found]
    judged = arrivals(dataset, identified, held, told, fingerprint, reading)
    here = {each.sha256 for each in identified}
    stale = {sha256 for sha256, by in held.items() if by != reading}
    files = {entry.sha256: entry.file for entry in told}
    gone = tuple(sorted(files.get(sha256, sha256) for sha256 in stale - here))
    damaged = sum(held.get(each.delivery.sha256) == DAMAGED for each in judged if each.status == "again")
    new, again = (sum(each.status == status for each in judged) for status in TO_READ)
    why = [_deliveries(new, "new ")] if new else []
    why += [f"format changed: {_deliveries(again - damaged)} to read again"] if again > damaged else []
    why += [f"damaged in bronze: {_deliveries(damaged)} to read again"] if damaged else []
    why += [state.why] if state.why else []
    return DatasetPlan(dataset, judged, tuple(strange), fingerprint, "; ".join(why), reading, gone, behind)


def _deliveries(count: int, kind: str = "") -> str:
    return f"{count} {kind}{'delivery' if count == 1 else 'deliveries'}"


def plan_curated(lake: Lake, curated: Curated, steps: Mapping[str, DatasetPlan | CuratedPlan]) -> CuratedPlan:
    """Decide what a run would do for one curated table, whose inputs' plans are in `steps`."""
    fingerprint = curated.fingerprint(source_of(curated))
    changing = [thing.table for thing in curated.inputs if thing.name in steps and _changes_rows(steps[thing.name])]
    noted = delta.noted(lake.table(curated.table))
    note, versions = noted[1], input_versions(lake, curated)
    moved = moved_inputs(lake, curated, note, versions)
    why = f"its inputs change: {', '.join(changing)}" if changing else _build_why(fingerprint, note, versions, moved)
    if why or not note:
        whole = why and why_whole(lake, curated, fingerprint, noted, sorted({*moved, *changing}))
        return CuratedPlan(curated, fingerprint, why, whole=whole)
    if note.get("rules") != held_against(curated):
        return CuratedPlan(curated, fingerprint, "its suite changed", "check")
    if not is_released(lake, curated.table):
        return CuratedPlan(curated, fingerprint, "its newest version is not released", "release")
    return CuratedPlan(curated, fingerprint, "")


def _changes_rows(step: DatasetPlan | CuratedPlan) -> bool:
    """Say whether what rests on a table must wait and see; a check and a release leave its rows as they are."""
    return bool(step.why) and (isinstance(step, DatasetPlan) or step.work == "build")


def _build_why(fingerprint: str, note: delta.Note, versions: Mapping[str, int | None], moved: list[str]) -> str:
    if None in versions.values():
        return ""  # an input was never built and will not be now: the run says so
    if not note:
        return "not built yet"
    if note["fingerprint"] != fingerprint:
        return "its declaration or function changed"
    return f"newer inputs: {', '.join(moved)}" if moved else ""


def moved_inputs(lake: Lake, curated: Curated, note: delta.Note, versions: Mapping[str, int | None]) -> list[str]:
    """List the inputs whose rows may differ from those that a table's newest version stands for.

    Args:
        lake: the lake.
        curated: the table.
        note: of its newest version; empty where there is none.
        versions: of its inputs, as they are to be read.
    """
    if not note:
        return []
    known = note["stands_for" if "stands_for" in note else "inputs"]  # a restored version was not made from them
    return [name for name, now in versions.items() if _moved(lake, name, known.get(name), now)]


def _moved(lake: Lake, name: str, before: int | None, now: int | None) -> bool:
    """Say whether a table's rows may differ; merged files are no change."""
    if before is None or now is None:
        return before != now
    return before != now and not delta.is_same(lake.table(name), before, now)


def input_versions(lake: Lake, curated: Curated) -> dict[str, int | None]:
    """Give the newest version of each of a curated table's inputs."""
    return {thing.table: delta.version_of(lake.table(thing.table)) for thing in curated.inputs}


def is_released(lake: Lake, table: str) -> bool:
    """True when a table's newest version is the one that its newest release holds, or a person withdrew its release."""
    from lakeward.lake.release import manifests, newest

    release, version = newest(lake, table), delta.version_of(lake.table(table))
    if release is not None and not _moved(lake, table, release["source"]["version"], version):
        return True
    of_it = (each for each in manifests(lake.releases(table)) if each.get("withdrawn"))
    return any(not _moved(lake, table, each["source"]["version"], version) for each in of_it)


def _by_dataset(told: Iterable[Entry]) -> dict[str, list[Entry]]:
    grouped: dict[str, list[Entry]] = {}
    for entry in told:
        grouped.setdefault(entry.dataset, []).append(entry)
    return grouped
