from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import pyarrow as pa
import pytest
from deltalake import CommitProperties, write_deltalake
from pyspark.sql import SparkSession

from lakeward.jobs.run import run
from lakeward.lake import delta, lineage, objects
from lakeward.lake.errors import UsageError
from lakeward.lake.lineage import Edge, Told
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import declared, find
from lakeward.sharing.reader.lineage import MADE_OF_ROWS, Origin, as_text, deliveries, lineage_of

DECLARED = str(Path(__file__).resolve().parents[1] / "faults" / "made_rain")


def _event(lake: Lake, kind: str, output: str, fields: dict[str, list[tuple[str, str, str]]]) -> str:
    def inputs(sources: list[tuple[str, str, str]]) -> list[dict[str, object]]:
        return [
            {"name": str(lake.table(table)), "field": column, "transformations": [{"subtype": how}]}
            for table, column, how in sources
        ]

    facet = {"fields": {column: {"inputFields": inputs(sources)} for column, sources in fields.items() if column}}
    facet["dataset"] = inputs(fields.get("", []))  # type: ignore[assignment]
    return json.dumps(
        {"eventType": kind, "outputs": [{"name": str(lake.table(output)), "facets": {"columnLineage": facet}}]}
    )


def test_edges_are_those_of_ended_writes_between_tables_of_the_lake(lake: Lake, tmp_path: Path) -> None:
    fields = {
        "deaths": [("silver.a", "died", "AGGREGATION"), ("bronze.a", "_padded", "CONDITIONAL")],
        "": [("silver.b", "town", "JOIN")],
    }
    events = tmp_path / "events.jsonl"
    events.write_text(
        "\n".join(
            [
                _event(lake, "START", "gold.early", fields),
                _event(lake, "COMPLETE", "gold.x", fields),
                _event(Lake(tmp_path / "elsewhere"), "COMPLETE", "gold.y", fields),
                _event(lake, "COMPLETE", "gold.z", {"deaths": [("gold.z", "deaths", "IDENTITY")]}),
                '{"eventType": "COMPLETE", "outp',
            ]
        ),
        encoding="utf-8",
    )

    assert lineage.edges(lake, events) == [
        Edge("gold.x", "*", "", "", ""),
        Edge("gold.x", "*", "silver.b", "town", "join"),
        Edge("gold.x", "deaths", "silver.a", "died", "aggregation"),
        Edge("gold.z", "*", "", "", ""),
    ]


def test_tables_of_a_lake_in_a_store_are_known_by_their_bucket(tmp_path: Path) -> None:
    def dataset(bucket: str, name: str) -> dict[str, object]:
        return {"namespace": f"s3://{bucket}", "name": name, "field": "died", "transformations": [{"subtype": "SUM"}]}

    lake = Lake(cast("Path", objects.path_of("s3a://lake/one 湖")))
    sources = [dataset("lake", "one 湖/silver/a"), dataset("other", "one 湖/silver/b"), dataset("lake", "two/silver/c")]
    output = {
        **dataset("lake", "one 湖/gold/x"),
        "facets": {"columnLineage": {"fields": {"deaths": {"inputFields": sources}}}},
    }
    events = tmp_path / "events.jsonl"
    events.write_text(json.dumps({"eventType": "COMPLETE", "outputs": [output]}), "utf-8")

    assert [edge for edge in lineage.edges(lake, events) if edge.from_table] == [
        Edge("gold.x", "deaths", "silver.a", "died", "sum")
    ]


def test_what_a_run_told_before_it_died_counts_where_its_commit_came(lake: Lake) -> None:
    logs = lake.root / "_logs"
    logs.mkdir(parents=True)
    note = CommitProperties(custom_metadata={"userMetadata": delta.written({"run": "1"})})
    write_deltalake(str(lake.table("gold.x")), pa.table({"deaths": [1]}), commit_properties=note)
    for run_id, source in (("1", "silver.a"), ("2", "silver.never")):
        told = _event(lake, "COMPLETE", "gold.x", {"deaths": [(source, "died", "AGGREGATION")]})
        (logs / f"lineage-{run_id}.jsonl").write_text(told, encoding="utf-8")

    (told_of_x,) = lineage.newest(lake).values()
    lineage.collect(lake)

    assert told_of_x == Told("1", [Edge("gold.x", "deaths", "silver.a", "died", "aggregation")])
    assert lineage.newest(lake) == {"gold.x": told_of_x}


def test_a_gold_column_is_traced_to_the_agencys_column_and_file(
    spark: SparkSession, lake: Lake, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LAKEWARD_LINEAGE", "1")
    folder = landing / "faults" / "rain"
    folder.mkdir(parents=True)
    (folder / "2021.csv").write_text("站,日期,雨量\nA,2021-01-01,1.5\nB,2021-01-01,2\n", encoding="utf-8")

    report = run(str(lake.root), str(landing), own=DECLARED, selections=["gold.faults_daily"])

    table = find(declared(DECLARED), "gold.faults_daily")
    (rain,) = lineage_of(lake, table, "rain_mm")
    assert report.exit_code == 0
    assert rain == Origin(
        "gold.faults_daily", "rain_mm", (), (
            Origin("silver.faults.rain", "rain_mm", ("aggregation",), (
                Origin("bronze.faults.rain", "雨量", rain.made_from[0].made_from[0].how),
            )),
        ),
    )  # fmt: skip
    stations, rows = lineage_of(lake, table, "stations")
    assert stations == Origin("gold.faults_daily", "stations", made_here=MADE_OF_ROWS)
    assert deliveries(lake, [rain]) == {"bronze.faults.rain": ("faults/rain/2021.csv",)}
    assert as_text(lake, [rain]).splitlines()[0] == "rain_mm"
    assert [each.column for each in lineage_of(lake, table)] == ["day", "rain_mm", "stations", "*"]
    assert ("silver.faults.rain", "day") in {(each.table, each.column) for each in rows.made_from}
    assert len({row["run_id"] for row in lineage.TABLE.all(lake)}) == 1


def test_what_cannot_be_traced_is_told(lake: Lake) -> None:
    table = find(declared(DECLARED), "gold.faults_daily")

    with pytest.raises(UsageError, match="no column rain") as refused:
        lineage_of(lake, table, "rain")
    assert "rain_mm" in refused.value.remedy
    with pytest.raises(UsageError, match="no run has told yet"):
        lineage_of(lake, table, "rain_mm")
