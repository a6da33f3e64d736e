"""Runs notebooks in a Jupyter kernel and tells what they showed."""

from __future__ import annotations

import json
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lakeward.pipelines.catalog import declared
from lakeward.pipelines.dataset import Dataset

ROOT = Path(__file__).resolve().parents[3]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.py"))
DOMAINS = {each.name.partition(".")[0] for each in declared().values() if isinstance(each, Dataset)}
NOTHING = re.compile(r"\b(nan|NaN|None|NaT|inf)\b")
CHART = re.compile(r"lakewardEmbed\(\"#[\w-]+\", (\{.*\}), \{.*?\}\)\.catch", re.DOTALL)
FRESH = "get_ipython().extension_manager.loaded.clear()\n%reset -f -s"
"""One kernel for all: to start it and to import what each notebook imports takes longer than the notebooks do."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a notebook showed.

    Args:
        texts: Markdown, tables and cards, in their order.
        charts: what its charts are made of, as Vega-Lite.
        said: what was printed, errors too.
    """

    texts: list[str]
    charts: list[dict[str, Any]]
    said: str


class Kernel:
    """A Jupyter kernel in which notebooks run over one lake; it starts with the first of them.

    Args:
        lake: the lake that `lw.open()` is to find.
    """

    def __init__(self, lake: Path) -> None:
        from jupyter_client.manager import AsyncKernelManager

        programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        self._environment = {**os.environ, "LAKEWARD_LAKE": str(lake), "PATH": programs}
        self._sockets = TemporaryDirectory(prefix="lakeward-kernel-")
        where = str(Path(self._sockets.name) / "ipc")
        self._manager = AsyncKernelManager(kernel_name="python3", transport="ipc", ip=where)

    def run(self, path: Path) -> Shown:
        """Run a notebook as if the kernel were new; the first cell that fails raises."""
        import jupytext
        from nbclient import NotebookClient
        from nbformat.v4 import new_code_cell

        notebook = jupytext.read(path)
        notebook.cells.insert(0, new_code_cell(FRESH))
        where = {"metadata": {"path": str(path.parent)}}
        NotebookClient(notebook, km=self._manager, timeout=300, resources=where).execute(env=self._environment)
        return shown(notebook)

    def end(self) -> None:
        """End its process."""
        from jupyter_core.utils import run_sync

        if self._manager.has_kernel:
            run_sync(self._manager.shutdown_kernel)(now=True)
        self._sockets.cleanup()


def problems(path: Path, told: Shown, *, is_made: bool) -> list[str]:
    """Tell what a reader of a notebook would stumble over.

    Args:
        path: the notebook.
        told: what it showed.
        is_made: its lake was made up, which must be said first and last.
    """
    wrong = [f"prints {told.said!r}"] if "Traceback" in told.said or "Warning" in told.said else []
    wrong += [f"says {each!r}" for each in told.texts if not each.startswith("<") and NOTHING.search(each)]
    if path.stem in DOMAINS:
        first, last = told.texts[0], told.texts[-1]
        drawn = [bool(rows_in(chart)) for chart in told.charts]
        wrong += [] if (any(drawn) if is_made else all(drawn) and len(drawn) > 1) else [f"draws nothing: {drawn}"]
        wrong += [] if not is_made or ("虛構" in first and "虛構" in last) else ["does not say that its data are made"]
        wrong += [] if "［資料集］" in last else ["does not end with what to cite"]
    return [f"{path.name} {each}" for each in wrong]


def rows_in(chart: dict[str, Any]) -> int:
    """Count the rows of a chart, of a map those that are coloured."""
    own = [len(rows) for rows in chart.get("datasets", {}).values()]
    shapes = [layer.get("data", {}).get("values", ()) for layer in chart.get("layer", ())]
    return max([*own, *(sum("value" in shape.get("properties", ()) for shape in each) for each in shapes)], default=0)


def shown(notebook: Any) -> Shown:
    """Sort what the cells of a notebook put out."""
    texts, charts, said = [], [], []
    for output in (output for cell in notebook.cells for output in cell.get("outputs", ())):
        data = output.get("data", {})
        page = data.get("text/html", "")
        if output.output_type == "stream":
            said.append(output.text)
        elif "vegaEmbed" in page:
            chart = CHART.search(page)
            assert chart, "a chart does not bring Vega: its page asks a server"
            charts.append(json.loads(chart[1]))
        elif data:
            texts.append(data.get("text/markdown") or page or data.get("text/plain", ""))
    return Shown(texts, charts, "".join(said))
