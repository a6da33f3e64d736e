"""What there is to do, decided without a JVM from the landing listing, content hashes and the Delta logs."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files as packaged
from typing import Literal, cast

from lakeward.jobs.editions import editions
from lakeward.lake import delta, landing, ledger
from lakeward.lake.errors import DeliveryRefused
from lakeward.lake.landing import Delivery
from lakeward.lake.ledger import Entry
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table
from lakeward.pipelines.contract import Delivered, examine, last_good
from lakeward.pipelines.dataset import Curated, Dataset, Snapshot, Source
from lakeward.pipelines.head import Head
from lakeward.pipelines.layout import fit
from lakeward.pipelines.reading import read_head

READERS = (
    "reading",
    "delimited",
    "workbook",
    "sheets",
    "envelope",
    "topojson",
    "decoding",
    "json_text",
    "grid",
    "head",
)
ENGINE = (
    *(f"pipelines/{name}.py" for name in READERS),
    *(f"pipelines/{name}.py" for name in ("shapes", "normalise", "layout", "wide", "typed")),
    *(f"quality/{name}.py" for name in ("sql", "compiler/rows")),
)
BEHIND = "silver is behind bronze"
NOT_YET_TOLD = ("new", "loaded")
Status = Literal["new", "loaded", "duplicate", "empty", "refused"]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A delivery and what is to become of it."""

    delivery: Delivery
    status: Status
    reason: str = ""
    remedy: str = ""
    exit_code: int = 0
    head: Head | None = None
    warnings: tuple[str, ...] = ()

    def entry(self, dataset: str, fingerprint: str) -> Entry:
        """Give it as a line for the ledger."""
        it = self.delivery
        return Entry(
            dataset=dataset,
            file=it.file,
            sha256=it.sha256,
            bytes=it.bytes,
            modified_at=it.modified_at,
            status="received" if self.status in NOT_YET_TOLD else cast(ledger.Status, self.status),
            reason=self.reason,
            remedy=self.remedy,
            exit_code=self.exit_code,
            fingerprint=fingerprint,
            encoding=self.head.encoding if self.head else "",
            header=self.head.header if self.head else (),
            is_made=it.is_made,
        )


@dataclass(frozen=True, slots=True)
class DatasetPlan:
    """What a run would do for one data set.

    Args:
        dataset: its declaration.
        found: every file found, with what is to become of it; None when the landing zone was not looked at.
        strange: files beside them that nothing declares.
        fingerprint: of the declaration and the code that reads it.
        why: the reason in words; empty when there is nothing to do.
    """

    dataset: Dataset
    found: tuple[Arrival, ...] | None
    strange: tuple[str, ...]
    fingerprint: str
    why: str

    @property
    def arrivals(self) -> tuple[Arrival, ...]:
        """Every file found, with what is to become of it."""
        return self.found or ()

    @property
    def new(self) -> tuple[Arrival, ...]:
        """The deliveries that bronze is to take in."""
        return tuple(arrival for arrival in self.arrivals if arrival.status == "new")

    @property
    def refused(self) -> tuple[Arrival, ...]:
        """The deliveries that cannot be used."""
        return tuple(arrival for arrival in self.arrivals if arrival.status == "refused")

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should know, though it stops nothing."""
        said = [f"{a.delivery.file}: {a.reason}" for a in self.arrivals if a.status in ("duplicate", "empty")]
        said += [f"{a.delivery.file}: {text}" for a in self.arrivals for text in a.warnings]
        said += [f"no file in the landing zone matches {self.dataset.source.files}"] if self.found == () else []
        return tuple(said + [f"{file}: no declaration reads it" for file in self.strange])


@dataclass(frozen=True, slots=True)
class SilverState:
    """What silver still lacks.

    Args:
        bronze_version: the newest version of bronze; -1 when there is none.
        pending: sha256 of the deliveries that are to be validated.
        rebuild: they are all there is, and silver is made anew from them.
        why: the reason in words; empty when there is nothing to do.
    """

    bronze_version: int
    pending: frozenset[str]
    rebuild: bool
    why: str


@dataclass(frozen=True, slots=True)
class CuratedPlan:
    """What a run would do for one curated table; `why` is empty when it is up to date."""

    curated: Curated
    fingerprint: str
    why: str
    is_build: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run would do, in an order in which inputs come before what rests on them."""

    steps: Mapping[str, DatasetPlan | CuratedPlan] = field(default_factory=dict)

    @property
    def is_idle(self) -> bool:
        """True when nothing needs Spark."""
        return not any(step.why for step in self.steps.values())


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
    fingerprint = dataset.fingerprint(engine_version())
    if landing_root is None:
        return DatasetPlan(dataset, None, (), fingerprint, silver_state(lake, dataset, told, fingerprint).why)
    bronze = lake.table(f"bronze.{dataset.name}")
    held = delta.partitions_of(bronze, "_sha256")
    found, strange = landing.deliveries(landing_root, dataset.source.files, dataset.source.others)
    known = {(entry.file, entry.bytes, entry.modified_at): entry.sha256 for entry in told if entry.sha256}
    arrivals = _arrivals(dataset, [each.identified(known) for each in found], held, told, fingerprint)
    state = silver_state(lake, dataset, told, fingerprint)
    why = state.why
    count = sum(arrival.status == "new" for arrival in arrivals)
    if count:
        why = f"{count} new {'delivery' if count == 1 else 'deliveries'}" + (f"; {why}" if why else "")
    return DatasetPlan(dataset, arrivals, tuple(strange), fingerprint, why)


@cache
def engine_version() -> str:
    """Name the code that turns delivered text into rows: a change of it makes silver anew."""
    root = packaged("lakeward")
    digest = hashlib.sha256()
    for file in ENGINE:
        digest.update(root.joinpath(*file.split("/")).read_bytes())
    return digest.hexdigest()[:16]


def _arrivals(
    dataset: Dataset, found: list[Delivery], held: set[str], told: list[Entry], fingerprint: str
) -> tuple[Arrival, ...]:
    verdicts = {entry.sha256: entry for entry in told if entry.status in ("refused", "empty")}
    loaded_as = {entry.sha256: entry.file for entry in reversed(told) if entry.status == "received"}
    first: dict[str, str] = {}
    before = last_good(dataset, told)
    arrivals = []
    for each in sorted(found, key=lambda one: loaded_as.get(one.sha256) != one.file):  # what was first, first
        verdict = verdicts.get(each.sha256)
        if each.fault:
            arrival = Arrival(each, "refused", each.fault, each.remedy, DeliveryRefused.exit_code)
        elif each.sha256 in first:
            arrival = Arrival(each, "duplicate", f"the same bytes as {first[each.sha256]}")
        elif verdict and verdict.fingerprint == fingerprint:
            arrival = Arrival(each, verdict.status, verdict.reason, verdict.remedy, verdict.exit_code)  # type: ignore[arg-type]
        elif each.sha256 in held:
            arrival = Arrival(each, "loaded")
            if each.sha256 not in loaded_as:  # the ledger lost it: look again, for a rebuild needs its header
                arrival = replace(arrival, head=_examined(dataset, each, before).head)
        else:
            arrival = _examined(dataset, each, before)
        if each.sha256:
            first.setdefault(each.sha256, loaded_as.get(each.sha256, each.file) if each.sha256 in held else each.file)
        arrivals.append(arrival)
    return tuple(sorted(arrivals, key=lambda arrival: arrival.delivery.file))


def _examined(dataset: Dataset, delivery: Delivery, before: dict[str, Delivered]) -> Arrival:
    try:
        head = read_head(delivery.path, dataset.source.format)
        layout, said = examine(dataset, delivery.file, head, before)
        if not head.has_rows and not dataset.source.may_be_empty:
            raise DeliveryRefused("the file has a header and no rows", remedy="ask the agency for the rows")
    except DeliveryRefused as refusal:
        return Arrival(delivery, "refused", refusal.problem, refusal.remedy, refusal.exit_code)
    except OSError as cause:
        return Arrival(
            delivery,
            "refused",
            f"it cannot be read: {cause.strerror}",
            "mend its permissions",
            DeliveryRefused.exit_code,
        )
    if not head.has_rows:
        return Arrival(delivery, "empty", "a header and no rows", head=head)
    before.setdefault(layout, Delivered(delivery.file, head.header))  # the first of several new ones is their measure
    return Arrival(delivery, "new", head=head, warnings=head.warnings + said)


def silver_state(lake: Lake, dataset: Dataset, told: Sequence[Entry], fingerprint: str) -> SilverState:
    """Tell what silver still lacks of bronze, from the notes in their logs."""
    bronze = lake.table(f"bronze.{dataset.name}")
    version = delta.version_of(bronze)
    if version is None:
        return SilverState(-1, frozenset(), False, "")
    held = delta.partitions_of(bronze, "_sha256")
    refused = {entry.sha256 for entry in told if entry.status == "refused" and entry.fingerprint == fingerprint}
    note = delta.note_of(lake.table(dataset.table))
    if note and note["fingerprint"] != fingerprint:
        aside = delta.note_of(lake.table(f"quarantine.{dataset.name}"))
        if held <= refused and aside.get("fingerprint") == fingerprint:  # it refuses all: the last good version stays
            return SilverState(version, frozenset(), False, "")
        return SilverState(version, frozenset(held), True, "the declaration or its engine changed")
    if isinstance(dataset.combine, Snapshot) and dataset.combine.keep_history:
        return _history_state(lake, dataset, told, SilverState(version, frozenset(held - refused), True, BEHIND))
    if note and note["bronze"] == version:
        return SilverState(version, frozenset(), False, "")
    seen = delta.partitions_of(bronze, "_sha256", note["bronze"]) if note else set()
    pending = frozenset(held - seen - refused)
    rebuild = bool(pending) and (dataset.source.has_order or not note)  # an older edition may be late: order them anew
    return SilverState(version, frozenset(held - refused) if rebuild else pending, rebuild, BEHIND if pending else "")


def _history_state(lake: Lake, dataset: Dataset, told: Sequence[Entry], anew: SilverState) -> SilverState:
    """Tell what a table that keeps its history lacks; one that was made without a delivery that belongs before
    another is to be made `anew`.
    """
    made_from = [each.sha256 for each in editions(lake.table(dataset.table))]
    pending = anew.pending - set(made_from)
    if not pending:
        return replace(anew, pending=pending, rebuild=False, why="")
    order = in_order(dataset, [entry for entry in reversed(told) if entry.status == "received"])
    is_late = not made_from or any(order.get(sha256, -1) < order.get(made_from[-1], -1) for sha256 in pending)
    return anew if is_late else replace(anew, pending=pending, rebuild=False)


def plan_curated(lake: Lake, curated: Curated, steps: Mapping[str, DatasetPlan | CuratedPlan]) -> CuratedPlan:
    """Decide what a run would do for one curated table, whose inputs' plans are in `steps`."""
    fingerprint = curated.fingerprint(_source_of(curated))
    changing = [thing.table for thing in curated.inputs if thing.name in steps and steps[thing.name].why]
    why = f"its inputs change: {', '.join(changing)}" if changing else _build_why(lake, curated, fingerprint)
    if not why and delta.version_of(lake.table(curated.table)) is not None and not is_released(lake, curated.table):
        return CuratedPlan(curated, fingerprint, "its newest version is not released", is_build=False)
    return CuratedPlan(curated, fingerprint, why)


def _build_why(lake: Lake, curated: Curated, fingerprint: str) -> str:
    versions = input_versions(lake, curated)
    if None in versions.values():
        return ""  # an input was never built and will not be now: the run says so
    note = delta.note_of(lake.table(curated.table))
    if not note:
        return "not built yet"
    if note["fingerprint"] != fingerprint:
        return "its declaration or function changed"
    known = note["stands_for" if "stands_for" in note else "inputs"]  # a restored version was not made from them
    moved = [name for name, now in versions.items() if _moved(lake, name, known.get(name), now)]
    return f"newer inputs: {', '.join(moved)}" if moved else ""


def _moved(lake: Lake, name: str, before: int | None, now: int | None) -> bool:
    """Say whether a table's rows may differ; merged files are no change."""
    if before is None or now is None:
        return before != now
    return before != now and not delta.is_same(lake.table(name), before, now)


def input_versions(lake: Lake, curated: Curated) -> dict[str, int | None]:
    """Give the newest version of each of a curated table's inputs."""
    return {thing.table: delta.version_of(lake.table(thing.table)) for thing in curated.inputs}


def is_released(lake: Lake, table: str) -> bool:
    """True when a table's newest version is the one that its newest release holds."""
    from lakeward.lake.release import newest

    release = newest(lake, table)
    version = delta.version_of(lake.table(table))
    return release is not None and not _moved(lake, table, release["source"]["version"], version)


def in_order(dataset: Dataset, told: Iterable[Entry]) -> dict[str, int]:
    """Number deliveries from the one that gives way to all others; extracts give way to what holds more."""
    entries = {entry.sha256: entry for entry in told}
    when = sorted({entry.seen_at for entry in entries.values() if entry.seen_at})
    arrivals = [
        (sha256, when.index(entry.seen_at) if entry.seen_at else len(when), entry.modified_at, entry.file)
        for sha256, entry in entries.items()
    ]
    order = ordered(arrivals, dataset.source)
    if not any(layout.is_extract for layout in dataset.source.layouts):
        return order
    is_full = {sha256: not fit(dataset, entry.header).layout.is_extract for sha256, entry in entries.items()}
    return {sha256: number for number, sha256 in enumerate(sorted(order, key=is_full.__getitem__))}


def ordered(arrivals: Iterable[tuple[str, int, str, str]], source: Source) -> dict[str, int]:
    """Order deliveries: by the edition that their names tell, then by arrival, time and name.

    Args:
        arrivals: sha256, arrival, modified_at and file of each.
        source: tells how names tell an edition.
    """

    def place(arrival: tuple[str, int, str, str]) -> tuple[str, int, str, str]:
        _, arrived, modified, file = arrival
        return (source.edition_of(file), arrived, modified, file)

    return {arrival[0]: number for number, arrival in enumerate(sorted(arrivals, key=place))}


def _source_of(curated: Curated) -> str:
    """Give the code that a table is built by, its own and what all tables share of places."""
    module = inspect.getmodule(curated.build)
    shared = packaged("lakeward").joinpath("pipelines", "places").iterdir()
    places = "".join(file.read_text("utf-8") for file in sorted(shared, key=str) if file.name.endswith(".py"))
    try:
        return (inspect.getsource(module) if module else inspect.getsource(curated.build)) + places
    except OSError:  # written in a notebook or a shell: its compiled form must do
        return curated.build.__code__.co_code.hex() + places


def _by_dataset(told: Iterable[Entry]) -> dict[str, list[Entry]]:
    grouped: dict[str, list[Entry]] = {}
    for entry in told:
        grouped.setdefault(entry.dataset, []).append(entry)
    return grouped
