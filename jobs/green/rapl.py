"""Joules as processors count them (RAPL), where the system lets one read that."""

from __future__ import annotations

from pathlib import Path

POWERCAP = Path("/sys/class/powercap")
KINDS = ("package", "dram")


class Rapl:
    """The counters of a machine's processor packages and their memory; they count for all work on the machine.

    Virtual machines mostly have none, and since 2020 only root may read them.

    Args:
        root: where Linux shows them.
    """

    def __init__(self, root: Path = POWERCAP) -> None:
        self._zones = [zone for zone in sorted(root.glob("*")) if _counts(zone)]
        self._last: dict[Path, int] = {}
        self._joules = 0.0

    def joules(self) -> float | None:
        """Give what was used since the first call; None where nothing can be read."""
        if not self._zones:
            return None
        try:
            for zone in self._zones:
                now = int((zone / "energy_uj").read_text())
                before = self._last.get(zone, now)
                wrapped = int((zone / "max_energy_range_uj").read_text()) if now < before else 0
                self._joules += (now - before + wrapped) / 1e6
                self._last[zone] = now
        except (OSError, ValueError):
            self._zones = []
            return None
        return self._joules


def _counts(zone: Path) -> bool:
    """Say whether a zone is a package or its memory; a package's cores are part of it."""
    try:
        return (zone / "name").read_text().startswith(KINDS) and int((zone / "energy_uj").read_text()) >= 0
    except (OSError, ValueError):
        return False
