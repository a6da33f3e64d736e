"""`lakeward doctor`."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource

from lakeward.jobs import options
from lakeward.lake.errors import EXIT_DONE, EXIT_USAGE


@click.command()
@options.landing
@options.lake
def doctor(landing: str, lake: str, pipelines: str | None, as_json: bool) -> int:
    """Say what is missing on this machine, and the command that mends it."""
    from lakeward.jobs.doctor import checks

    asked = click.get_current_context().get_parameter_source("landing") is not ParameterSource.DEFAULT
    found = checks(lake, landing if asked or Path(landing).exists() else None)
    if as_json:
        told = [{"name": c.name, "ok": c.ok, "found": c.found, "remedy": "" if c.ok else c.remedy} for c in found]
        options.show_json({"schema": "lakeward.doctor/1", "checks": told})
    else:
        for check in found:
            mark = "ok  " if check.ok else ("note" if check.optional else "MISSING")
            click.echo(
                f"{mark:8}{check.name}: {check.found}" + ("" if check.ok else f"\n        remedy: {check.remedy}")
            )
    return EXIT_DONE if all(check.ok or check.optional for check in found) else EXIT_USAGE
