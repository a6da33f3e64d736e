"""Data Docs: Great Expectations' own pages on every suite and run that the lake remembers, made to work offline.

GX renders; its pages then load styles and scripts from a dozen servers. Those are taken out, and two small files of
ours stand in for what the pages use of them.
"""

from __future__ import annotations

import html
import logging
import os
import re
import shutil
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lakeward.lake.storage import Lake
from lakeward.quality import gx_results

if TYPE_CHECKING:
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext

SITE, INDEX = "site", "index.html"
ASSETS = ("data_docs.css", "data_docs.js")
GONE = re.compile(
    r'<link[^>]*href="https?://[^>]*>|<script[^>]*src="https?://[^>]*>\s*</script>|<link[^>]*favicon[^>]*>'
    r"|background: url\('https?://[^;]*;|<footer.*?</footer>",
    re.DOTALL,
)
LOGO = re.compile(r'<img\s[^>]*src="https?://[^>]*>', re.DOTALL)


def build(lake: Lake) -> Path | None:
    """Render every kept result and the newest suite of each table.

    Returns:
        The index page; None when nothing was checked yet.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.render.renderer.site_builder import SiteBuilder

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = gx.get_context(mode="ephemeral")
    if not _filled(context, lake):
        return None
    site = lake.root / gx_results.FOLDER / SITE
    with lake.store.building(site, INDEX, is_new=False) as fresh:
        SiteBuilder(
            context,
            store_backend={"class_name": "TupleFilesystemStoreBackend", "base_directory": str(fresh)},
            site_name="lakeward",
            show_how_to_buttons=False,
            site_section_builders={"profiling": "None"},
        ).build()
        _make_offline(fresh)
    return site / INDEX


def _filled(context: EphemeralDataContext, lake: Lake) -> int:
    """Put the lake's results and suites where GX's site builder looks for them; give how many."""
    from great_expectations import ExpectationSuite
    from great_expectations.core.expectation_validation_result import expectationSuiteValidationResultSchema
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    suites: dict[str, list[dict[str, Any]]] = {}
    count = 0
    for document in gx_results.kept(lake):
        for told in _harmless(document)["run_results"].values():
            for each in told["results"]:
                each["expectation_config"] = _shown(each["expectation_config"])
            suites[told["suite_name"]] = [each["expectation_config"] for each in told["results"]]
            key = ValidationResultIdentifier(
                ExpectationSuiteIdentifier(told["suite_name"]),
                RunIdentifier(**told["meta"]["run_id"]),
                told["meta"]["batch_parameters"]["batch"],
            )
            context.validation_results_store.set(key, expectationSuiteValidationResultSchema.load(told))
            count += 1
    for name, configs in suites.items():
        context.suites.add(ExpectationSuite(name=name, expectations=[_without_batch(each) for each in configs]))
    return count


def _shown(config: dict[str, Any]) -> dict[str, Any]:
    """Give a configuration that GX can show: it leaves out the whole page of one that it does not know or refuses."""
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    try:
        ExpectationConfiguration(**config).to_domain_obj()
    except Exception:  # GX refuses in many ways
        kwargs = config["kwargs"]
        asked = ", ".join(f"{name}={value}" for name, value in kwargs.items() if name != "batch_id")
        kept = {name: kwargs[name] for name in ("batch_id", "column") if name in kwargs}
        return {**config, "type": _own(), "kwargs": kept, "description": f"{config['type']}: {asked}"}
    return config


@cache
def _own() -> str:
    """Make a type of our own known to GX, which it shows by its description."""
    from great_expectations.expectations.expectation import BatchExpectation

    config = type("Config", (), {"extra": "allow"})
    told = {"__module__": __name__, "Config": config, "_validate": None}
    return str(type("ExpectWhatLakewardChecks", (BatchExpectation,), told).expectation_type)  # type: ignore[attr-defined]


def _without_batch(config: dict[str, Any]) -> dict[str, Any]:
    return {**config, "kwargs": {name: value for name, value in config["kwargs"].items() if name != "batch_id"}}


def _harmless(value: Any) -> Any:
    """Take the meaning of HTML from text, which GX's pages show as it is; names of files come from outside."""
    if isinstance(value, dict):
        return {key: _harmless(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_harmless(each) for each in value]
    return html.escape(value, quote=False) if isinstance(value, str) else value


def _make_offline(site: Path) -> None:
    shutil.rmtree(site / "static")
    for name in ASSETS:
        (site / name).write_text(files(__package__).joinpath(name).read_text("utf-8"), "utf-8")
    for page in site.rglob("*.html"):
        up = "../" * (len(page.relative_to(site).parts) - 1)
        ours = f'<link rel="stylesheet" href="{up}data_docs.css"><script src="{up}data_docs.js"></script></head>'
        text = GONE.sub("", page.read_text("utf-8")).replace("</head>", ours, 1)
        page.write_text(LOGO.sub("lakeward", text), "utf-8")
