"""Results as Great Expectations writes them: JSON that its own classes load, made without importing it.

Values that broke a rule, and lists of a column's values, are left out: they may be personal, and what was refused lies
in quarantine. Counts, shares, means and bounds are kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from lakeward.lake.storage import Lake
from lakeward.quality.gx_json import configuration, gx_version, plain
from lakeward.quality.result import Result

Document = dict[str, Any]
FOLDER = "_quality_docs"
HELD_BACK = re.compile("partial_unexpected|unexpected_(list|index|rows)|details")
LISTS_VALUES = re.compile("expect_column_(distinct_values|most_common_value)")


def validation(
    suite: str,
    asset: str,
    batch: str,
    results: Sequence[Result],
    run_id: str,
    at: datetime,
    told: Mapping[str, Any],
) -> Document:
    """Give one batch's results as GX's `ExpectationSuiteValidationResult.to_json_dict()` does.

    Args:
        suite: the suite's name, that of its table.
        asset: what was checked, for people: a delivery's file or a version.
        batch: its identifier, fit for a file's name.
        results: a result a rule.
        run_id: the run that checked it.
        at: when.
        told: what lakeward adds, under `meta.lakeward`.
    """
    held, rules = sum(each.success for each in results), len(results)
    return {
        "success": held == rules,
        "results": [_result(each, batch) for each in results],
        "suite_name": suite,
        "suite_parameters": {},
        "statistics": {
            "evaluated_expectations": rules,
            "successful_expectations": held,
            "unsuccessful_expectations": rules - held,
            "success_percent": 100 * held / rules if rules else None,
        },
        "meta": {
            "great_expectations_version": gx_version(),
            "batch_spec": {"data_asset_name": asset, "gate": told.get("verdict") or "passed"},
            "batch_markers": {"ge_load_time": f"{at:%Y%m%dT%H%M%S.%fZ}"},
            "active_batch_definition": {
                "datasource_name": "lakeward",
                "data_connector_name": "fluent",
                "data_asset_name": asset,
                "batch_identifiers": {"batch": batch},
            },
            "validation_id": None,
            "checkpoint_id": None,
            "run_id": {"run_name": run_id, "run_time": at.isoformat()},
            "validation_time": at.isoformat(),
            "batch_parameters": {"batch": batch},
            "lakeward": dict(told),
        },
        "id": None,
    }


def checkpoint(suite: str, run_id: str, at: datetime, validations: Sequence[Document]) -> Document:
    """Give a suite's results in one run with the fields of GX's `CheckpointResult`, each result under GX's key."""
    place = f"{suite.replace('.', '/')}/{run_id}/{at:%Y%m%dT%H%M%S.%fZ}"
    batches = (each["meta"]["active_batch_definition"]["batch_identifiers"]["batch"] for each in validations)
    return {
        "run_id": {"run_name": run_id, "run_time": at.isoformat()},
        "run_results": {
            f"ValidationResultIdentifier::{place}/{batch}": each
            for batch, each in zip(batches, validations, strict=True)
        },
        "checkpoint_config": {
            "name": suite,
            "actions": [],
            "result_format": "SUMMARY",
            "validation_definitions": [{"name": suite, "id": None}],
            "id": None,
        },
        "success": all(each["success"] for each in validations),
    }


def keep(lake: Lake, name: str, told: Document | str) -> Path:
    """Write a file below `_quality_docs`, whole or not at all."""
    path = lake.root / FOLDER / name
    text = told if isinstance(told, str) else json.dumps(told, ensure_ascii=False, allow_nan=False) + "\n"
    lake.store.replace(path, text)
    return path


def kept(lake: Lake) -> Iterator[Document]:
    """Read every checkpoint's results, suite by suite, the oldest run first."""
    for path in sorted((lake.root / FOLDER / "results").glob("*/*.json")):
        yield json.loads(path.read_text("utf-8"))


def without_values(result: Result) -> dict[str, Any]:
    """Give a result's numbers, fit for JSON, without values of rows."""
    held_back = "observed_value" if LISTS_VALUES.match(result.expectation.type) else ""
    return {
        name: plain(value)
        for name, value in result.numbers.items()
        if name != held_back and not HELD_BACK.match(name)
    }  # fmt: skip


def _result(result: Result, batch: str) -> Document:
    config = configuration(result.expectation)
    return {
        "success": result.success,
        "expectation_config": {**config, "kwargs": {"batch_id": batch, **config["kwargs"]}},
        "result": without_values(result),
        "meta": {"engine": result.engine},
        "exception_info": {
            "raised_exception": bool(result.problem),
            "exception_traceback": result.problem or None,
            "exception_message": result.problem or None,
        },
    }
