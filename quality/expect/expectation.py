"""One expectation as plain data, and how the functions of this package make one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypedDict, get_args

from lakeward.lake.errors import UsageError

Severity = Literal["critical", "warning", "info"]
Bound = float | str | None
Values = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation: GX's own name of its type, its arguments, and how grave a breach is.

    A critical row expectation sends the rows that break it to quarantine, and refuses the delivery when fewer than
    `mostly` hold; a critical table expectation refuses the delivery. Anything less grave is recorded and shown.
    `also` is what a suite's file of GX says besides (`id`, `description`, `notes`): it changes no verdict, and is kept
    to be written back.
    """

    type: str
    arguments: Mapping[str, Any]
    severity: Severity = "critical"
    meta: Mapping[str, Any] = field(default_factory=dict)
    also: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if self.severity not in get_args(Severity):
            raise UsageError(
                f"{self.type}: {self.severity!r} is no severity", remedy=f"use one of {', '.join(get_args(Severity))}"
            )

        mostly = self.arguments.get("mostly")
        if isinstance(mostly, int | float) and not 0 <= mostly <= 1:
            raise UsageError(f"{self.type}: mostly={mostly} is no share", remedy="use 0 to 1: 0.95 is 95 %")

    @property
    def about(self) -> str:
        """The columns it speaks of, for people."""
        return ", ".join(self.columns) or "table"

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it speaks of."""
        told = self.arguments
        pair = tuple(told[each] for each in ("column_A", "column_B") if each in told)
        return (told["column"],) if "column" in told else pair or tuple(told.get("column_list", ()))


class Common(TypedDict, total=False):
    """What every expectation takes."""

    severity: Severity
    meta: Mapping[str, Any]
    row_condition: str | Mapping[str, Any] | None


class Rowwise(Common, total=False):
    """What every expectation on rows takes."""

    mostly: float


def made(type_: str, given: Mapping[str, Any], told: Common | Rowwise, **defaults: object) -> Expectation:
    """Keep what was given; tuples for lists, so that an expectation can be compared."""
    more = {key: value for key, value in told.items() if key not in ("severity", "meta") and value is not None}
    if isinstance(more.get("row_condition"), str):
        more["condition_parser"] = "spark"
    kept = {key: tuple(v) if isinstance(v, list | set) else v for key, v in given.items() if v != defaults.get(key)}
    return Expectation(f"expect_{type_}", kept | more, told.get("severity", "critical"), told.get("meta", {}))


def bounded(
    type_: str, about: Mapping[str, Any], low: Bound, high: Bound, strict_min: bool, strict_max: bool, told: Common
) -> Expectation:
    """Make an expectation of two bounds; bounds that are not strict are not told, as in GX's own files."""
    bounds = {"min_value": low, "max_value": high, "strict_min": strict_min, "strict_max": strict_max}
    return made(type_, {**about, **bounds}, told, strict_min=False, strict_max=False)
