"""codecarbon's figures of a run, beside ours, where it is installed (`pip install lakeward[codecarbon]`).

It knows other processors, another factor of the grid and no executors elsewhere: figures to compare, not to add.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

COUNTRY = "TWN"


@contextmanager
def beside(*, is_wanted: bool = True) -> Iterator[dict[str, str]]:
    """Let codecarbon watch; what it gives is filled with its figures at the end, and stays empty where it is missing.

    Its own variables (`CODECARBON_COUNTRY_ISO_CODE`, `CODECARBON_TRACKING_MODE`, …) hold for it. It asks nobody on the
    network and writes no file.
    """
    told: dict[str, str] = {}
    if not is_wanted or find_spec("codecarbon") is None:
        yield told
        return
    from codecarbon import OfflineEmissionsTracker

    logging.getLogger("codecarbon").setLevel(logging.ERROR)  # it warns of settings that are meant
    tracker = OfflineEmissionsTracker(
        country_iso_code=os.environ.get("CODECARBON_COUNTRY_ISO_CODE", COUNTRY),
        save_to_file=False,
        log_level="error",
        allow_multiple_runs=True,
    )
    tracker.start()
    try:
        yield told
    finally:
        tracker.stop()
    found = tracker.final_emissions_data
    told |= {
        "tool": f"codecarbon {found.codecarbon_version}",
        "boundary": found.tracking_mode,
        "processor": found.cpu_model,
        "energy_joules": f"{found.energy_consumed * 3.6e6:.2g}",
        "cpu_joules": f"{found.cpu_energy * 3.6e6:.2g}",
        "memory_joules": f"{found.ram_energy * 3.6e6:.2g}",
        "carbon_g": f"{found.emissions * 1000:.2g}",
        "country": found.country_iso_code,
    }
