"""Tables as Dagster's assets: one asset a table, with what it rests on, its columns and what each run did to it."""

# Dagster looks at the types that a function is written with, so that they may not stand as text here.
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from lakeward.jobs.orchestrators.process import LAKEWARD, Run
from lakeward.pipelines.catalog import Table, declared, select
from lakeward.pipelines.dataset import Changes, Dataset

COUNTS = ("rows_read", "rows_written", "rows_quarantined", "seconds")


def assets(
    *selections: str,
    landing: str,
    lake: str,
    pipelines: str | None = None,
    options: Sequence[str] = (),
    command: Sequence[str] = LAKEWARD,
    name: str = "lakeward",
) -> dg.AssetsDefinition:
    """Give tables as assets that one `lakeward run` brings up to date, all or those that Dagster asks for.

    Args:
        selections: tables or patterns, by default all; what they rest on comes with them.
        landing: the landing root.
        lake: the lake.
        pipelines: a folder or package of declarations beside lakeward's.
        options: more words for `lakeward run`, as `--master`, `yarn`.
        command: how lakeward is called, by default in Dagster's own Python.
        name: what the step is called.

    Raises:
        NothingSelected: a selection matches nothing.

    A table that is not brought up to date fails the step, after those that are were told; Dagster's retries hold for
    exit code 75 alone, since what was refused stays refused until someone acts.
    """
    tables = select(declared(pipelines), selections)

    @dg.multi_asset(name=name, specs=[_spec(table, tables) for table in tables.values()], can_subset=True)
    def lakeward(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[Any]]:
        wanted = [table.name for table in tables.values() if key_of(table) in context.selected_asset_keys]
        ended = Run(wanted, landing, lake, pipelines, options, command).ended()
        for step in ended.steps:
            table = tables.get(step["table_name"].removeprefix("silver."))
            is_there = step["outcome"] in ("built", "checked", "unchanged") and step["version_after"] is not None
            if table and table.name in wanted and is_there and not step["exit_code"]:
                yield _result(table, step)
        if not ended.is_done:
            raise dg.Failure(ended.why, allow_retries=ended.is_worth_a_retry)

    return lakeward


def key_of(table: Table | Changes) -> dg.AssetKey:
    """Give a table's key: its full name, part by part."""
    return dg.AssetKey(table.table.split("."))


def _spec(table: Table, tables: dict[str, Table]) -> dg.AssetSpec:
    rests_on = () if isinstance(table, Dataset) else table.inputs
    columns = [dg.TableColumn(each.name, each.type, _meant(each.description, each.unit)) for each in table.columns]
    return dg.AssetSpec(
        key_of(table),
        deps=[key_of(each) for each in rests_on if each.name in tables],
        description=f"{table.title_zh} · {table.title}",
        group_name="gold" if not isinstance(table, Dataset) else table.name.partition(".")[0],
        kinds={"delta", "spark"},
        metadata={"dagster/column_schema": dg.TableSchema(columns)},
        skippable=True,  # one that is refused does not make the others' results unknown
    )


def _meant(description: str, unit: str) -> str:
    return f"{description} ({unit})" if unit else description


def _result(table: Table, step: Any) -> dg.MaterializeResult[Any]:
    told = {name: step[name] for name in COUNTS}
    told |= {"run_id": step["run_id"], "version": step["version_after"], "release": step["release"]}
    return dg.MaterializeResult(
        asset_key=key_of(table),
        metadata={name: value for name, value in told.items() if value not in (None, "")},
        data_version=dg.DataVersion(str(step["version_after"])),
    )
