"""Every error a user can meet: the problem, the facts behind it, the next thing to do."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

EXIT_DONE = 0
EXIT_USAGE = 2
EXIT_DATA = 65
EXIT_QUALITY = 66
EXIT_OURS = 70
EXIT_LATER = 75


class LakewardError(Exception):
    """A problem, the facts behind it, and the next thing to do."""

    exit_code = EXIT_OURS

    def __init__(self, problem: str, *, remedy: str, **facts: object) -> None:
        super().__init__(problem)
        self.problem, self.remedy, self.facts = problem, remedy, facts

    def __str__(self) -> str:
        shown = ", ".join(f"{key}={value!r}" for key, value in self.facts.items())
        return f"{self.problem}{f' ({shown})' if shown else ''}\n  remedy: {self.remedy}"

    def __reduce__(self) -> tuple[Any, ...]:  # Spark's workers pickle errors to the driver
        return _revive, (type(self), self.__dict__)


def _revive(kind: type[LakewardError], state: dict[str, Any]) -> LakewardError:
    error = kind.__new__(kind)
    error.args = (state["problem"],)
    error.__dict__.update(state)
    return error


class UsageError(LakewardError):
    """What was asked for cannot be done as asked: a name, a path or an option is wrong."""

    exit_code = EXIT_USAGE


class NothingSelected(UsageError):
    """A selection matches no declared table."""

    def __init__(self, selection: str, known: Sequence[str]) -> None:
        near = get_close_matches(selection, known, n=3, cutoff=0.5)
        super().__init__(
            f"nothing is called {selection}",
            remedy=f"did you mean {' or '.join(near)}?" if near else "`lakeward ls` lists every table",
        )


class DeliveryRefused(LakewardError):
    """An agency's file cannot be used as it is; the tables stay as they were."""

    exit_code = EXIT_DATA


class GateFailed(LakewardError):
    """Too many rows were refused or a table rule failed; nothing was published."""

    exit_code = EXIT_QUALITY


class TryAgainLater(LakewardError):
    """Something outside the data stands in the way: another writer, a full disk, a store that is away."""

    exit_code = EXIT_LATER


class StoreAway(TryAgainLater):
    """A remote store failed in the middle of a run, or is full: nothing more can be done with it now."""
