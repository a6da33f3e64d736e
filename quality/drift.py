"""Which deliveries a delivery is compared with, and in what it is unlike them. Nothing is refused here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lakeward.quality import looks, ranges, vocabulary
from lakeward.quality.looks import Look
from lakeward.quality.profile import Profile, Profiled

PEERS = 6
"""So many good deliveries are looked back at: half a year of monthly ones."""
LEAST_PEERS = 3
"""Deliveries that arrive together, with none before them, are compared with each other from so many others on."""

OF_TEXT = ((looks.NULLS,), (vocabulary.MANY, vocabulary.NEW, vocabulary.MIX), (vocabulary.LOST,))
OF_NUMBERS = ((looks.NULLS,), (looks.ZEROS,), (ranges.SCALE, ranges.SHIFT, ranges.RANGE))
OF_TIMES = {type_: ((looks.NULLS,), (look,)) for type_, look in ranges.TIMES.items()}


def peers_of(
    new: Profiled, before: Sequence[Profiled], beside: Sequence[Profiled], within: str = ""
) -> list[Profiled]:  # fmt: skip
    """Choose what to compare a delivery with: the last good ones, else those that arrived with it.

    Where files of one name were delivered before, as those of one station, they are meant.

    Args:
        new: the delivery.
        before: good deliveries of earlier runs, the oldest first.
        beside: good deliveries of this run, in their order.
        within: the column of what deliveries are of, as a county: one of another county is no peer.
    """

    def is_like(each: Profiled) -> bool:
        of, of_new = _values(each, within), _values(new, within)
        return each.layout == new.layout and not (of and of_new and of.isdisjoint(of_new))

    if like := [each for each in before if is_like(each) and each.sha256 != new.sha256 and each.columns]:
        return ([each for each in like if each.batch == new.batch] or like)[-PEERS:]
    group = [each for each in beside if is_like(each)]
    at = next(place for place, each in enumerate(group) if each.sha256 == new.sha256)
    near = sorted((place for place in range(len(group)) if place != at), key=lambda place: abs(place - at))[:PEERS]
    return [group[place] for place in sorted(near)] if len(near) >= LEAST_PEERS else []


def _values(delivery: Profiled, column: str) -> set[str]:
    return set(delivery.columns[column].categories or ()) if column in delivery.columns else set()


def drift(
    new: Profiled, peers: Sequence[Profiled], types: Mapping[str, str], key: Sequence[str] = ()
) -> Iterator[str]:  # fmt: skip
    """Say in what a delivery is unlike its peers.

    Args:
        new: the delivery.
        peers: good deliveries in the same layout; none says nothing.
        types: its columns and their Spark types.
        key: columns that make a row unique: numbers in them count on, and say nothing by being larger.
    """
    if not peers:
        return
    told = looks.ROW_COUNT.tell(Profile(new.rows, 0), [Profile(each.rows, 0) for each in peers])
    if told:
        yield told
    for column, profile in new.columns.items():
        like = [each.columns[column] for each in peers if column in each.columns]
        for said in _of_column(profile, like, types[column], is_key=column in key) if like else ():
            yield f"{column}: {said}"


def _of_column(new: Profile, peers: Sequence[Profile], type_: str, *, is_key: bool) -> Iterator[str]:
    """Give what the first look of each group says that says anything: a new unit explains a new range."""
    groups: Sequence[Sequence[Look]] = OF_TIMES.get(type_, OF_TEXT if new.zeros is None else OF_NUMBERS)
    for group in groups[:1] if is_key and new.zeros is not None else groups:
        yield from filter(None, [next(filter(None, (look.tell(new, peers) for look in group)), "")])
