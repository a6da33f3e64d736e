"""How a chart reaches a notebook: with Vega, from this machine, so that no browser asks another server for it."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from string import Template
from typing import Any
from uuid import uuid4

from lakeward.lake.errors import LakewardError, UsageError
from lakeward.lake.store import DISK

NAME = "lakeward"
SHOWN = {
    "mode": "vega-lite",
    "renderer": "svg",
    "actions": {"export": True, "source": True, "compiled": False, "editor": False},
}
"""Vega's online editor would take the rows to another server."""
PAGE = Template("""<div id="$place"></div>
<script>
if (!globalThis.lakewardEmbed) {
(function () {
$vega
})();
globalThis.lakewardEmbed = globalThis.vegaEmbed;
}
globalThis.lakewardEmbed("#$place", $chart, $shown).catch(function (wrong) {
  document.getElementById("$place").textContent = wrong;
});
</script>""")
"""Each chart brings Vega, so that any of them is seen without the others; a page takes it in once."""


def enable(altair: Any) -> None:
    """Have Altair's charts shown so, where the user chose no way of their own."""
    if altair.renderers.active == "default":
        altair.renderers.register(NAME, page)
        altair.renderers.enable(NAME)


def page(chart: dict[str, Any], **_: object) -> dict[str, str]:
    """Give a chart as notebooks show it.

    Args:
        chart: as Vega-Lite has it.

    Raises:
        UsageError: the package that brings Vega is not installed.
    """
    told = {"place": f"chart-{uuid4().hex}", "chart": _in_script(chart), "shown": _in_script(SHOWN), "vega": _vega()}
    return {"text/html": PAGE.substitute(told), "text/plain": "a chart"}


def _in_script(value: object) -> str:
    """Give a value as a script has it; nothing in the data ends the script."""
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


@cache
def _vega() -> str:
    """Give Vega's code; to put it together takes seconds, so that it is kept between processes."""
    from altair import SCHEMA_VERSION

    try:
        brought = version("vl-convert-python")
    except PackageNotFoundError as cause:
        remedy = "`pip install lakeward[notebook]` brings it, and charts need no server then"
        raise UsageError("vl-convert-python is not installed", remedy=remedy) from cause
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "lakeward" / "vega"
    kept = folder / f"{SCHEMA_VERSION}-{brought}.js"
    with suppress(OSError):
        return kept.read_text("utf-8")
    import vl_convert

    of = ".".join(SCHEMA_VERSION.split(".")[:2])
    made: str = vl_convert.javascript_bundle(None, vl_version=of)  # type: ignore[arg-type]
    with suppress(OSError, LakewardError):  # a home that cannot be written costs the seconds again
        DISK.replace(kept, made)
    return made
