"""Each file found in the landing zone and what is to become of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, cast

from lakeward.lake import ledger
from lakeward.lake.errors import DeliveryRefused
from lakeward.lake.landing import Delivery
from lakeward.lake.ledger import Entry
from lakeward.pipelines.contract import Delivered, examine, last_good
from lakeward.pipelines.dataset import Dataset
from lakeward.pipelines.head import Head
from lakeward.pipelines.reading import read_head

Status = Literal["new", "again", "loaded", "duplicate", "empty", "refused"]
"""`again`: bronze holds it as an earlier format read it."""
TO_READ = ("new", "again")
IN_BRONZE = (*TO_READ, "loaded")


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

    def entry(self, dataset: str, fingerprint: str, reading: str) -> Entry:
        """Give it as a line for the ledger."""
        it = self.delivery
        return Entry(
            dataset=dataset,
            file=it.file,
            sha256=it.sha256,
            bytes=it.bytes,
            modified_at=it.modified_at,
            status="received" if self.status in IN_BRONZE else cast(ledger.Status, self.status),
            reason=self.reason,
            remedy=self.remedy,
            exit_code=self.exit_code,
            fingerprint=fingerprint,
            reading=reading,
            encoding=self.head.encoding if self.head else "",
            header=self.head.header if self.head else (),
            is_made=it.is_made,
        )


def arrivals(
    dataset: Dataset,
    found: Iterable[Delivery],
    held: Mapping[str, str],
    told: Sequence[Entry],
    fingerprint: str,
    reading: str,
) -> tuple[Arrival, ...]:
    """Say of each file found what is to become of it.

    Args:
        dataset: its declaration.
        found: the files.
        held: the deliveries that bronze holds, and how each was read.
        told: what the ledger tells of the data set, the oldest first.
        fingerprint: of the declaration and its engine.
        reading: how the declaration of today has files read.
    """
    verdicts = {entry.sha256: entry for entry in told if entry.status in ("refused", "empty")}
    loaded_as = {sha256: entry.file for sha256, entry in ledger.received(told, held).items()}
    first: dict[str, str] = {}
    before = last_good(dataset, told)
    judged = []
    for each in sorted(found, key=lambda one: loaded_as.get(one.sha256) != one.file):  # what was first, first
        verdict = verdicts.get(each.sha256)
        if each.fault:
            arrival = Arrival(each, "refused", each.fault, each.remedy, DeliveryRefused.exit_code)
        elif each.sha256 in first:
            arrival = Arrival(each, "duplicate", f"the same bytes as {first[each.sha256]}")
        elif verdict and verdict.fingerprint == fingerprint:
            arrival = Arrival(each, verdict.status, verdict.reason, verdict.remedy, verdict.exit_code)  # type: ignore[arg-type]
        elif held.get(each.sha256) == reading:
            arrival = Arrival(each, "loaded")
            if each.sha256 not in loaded_as:  # the ledger lost it: look again, for a rebuild needs its header
                arrival = replace(arrival, head=_examined(dataset, each, before).head)
        else:
            arrival = _examined(dataset, each, before)
            if each.sha256 in held and arrival.status != "refused":
                arrival = replace(arrival, status="again")
        if each.sha256:
            first.setdefault(each.sha256, loaded_as.get(each.sha256, each.file) if each.sha256 in held else each.file)
        judged.append(arrival)
    return tuple(sorted(judged, key=lambda arrival: arrival.delivery.file))


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
