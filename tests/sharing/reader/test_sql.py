"""SQL over a lake: tables by their names, in every form, closed off from all else."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lakeward.jobs.cli import main
from lakeward.lake.errors import UsageError
from lakeward.sharing.reader import magic
from lakeward.sharing.reader.lake import OpenLake

JOINED = """
    with wet as (select * from gold.rain_day where rain_mm > 1)
    select g.town, sum(wet.rain_mm) as mm from wet join silver.environment.gauges g using (gauge_id) group by 1 order by 1
"""


def test_tables_are_joined_by_their_names(opened: OpenLake) -> None:
    assert opened.sql(JOINED).fetchall() == [("南竿鄉", 2.0), ("花蓮市", 9.5)]
    assert opened.sql("select count(*) from environment.gauges, _quality").fetchall() == [(4,)]
    assert opened.sql('FROM "GOLD".Rain_Day SELECT max(rain_mm)').fetchall() == [(99.0,)]
    assert opened.sql("select (select count(*) from gold.rain_day) + 1 as n").fetchall() == [(5,)]


@pytest.mark.parametrize(("query", "told"), [
    ("select * from gold.rain_dya", "gold.rain_day"),
    ("select * from rain_day", "gold.rain_day"),
    ("select rain_m from gold.rain_day", "rain_mm"),
    ("select r.rain_m from gold.rain_day r", "rain_mm"),
    ("selec 1", "«selec 1»"),
    ("select 1; select 2", "one SELECT"),
    ("", "one SELECT"),
    ("select no_such_function(1)", "mend the query"),
])  # fmt: skip
def test_a_mistake_is_told_with_what_is_near(opened: OpenLake, query: str, told: str) -> None:
    with pytest.raises(UsageError) as raised:
        opened.sql(query)

    assert told in raised.value.remedy


@pytest.mark.parametrize("query", [
    "select * from read_csv('{file}')", "select * from '{file}'", "select * from read_text('{file}')",
    "select * from read_parquet('{file}')", "select * from glob('/*')", "select * from read_blob('{file}')",
    "copy (select 1) to '{file}'", "attach '{file}' as other", "install httpfs", "load '{file}'",
    "set enable_external_access = true", "create table x as select 1", "drop view gold.rain_day",
    "insert into gold.rain_day values (1)", "export database '{file}'", "pragma database_list", "call pragma_version()",
    "select * from pandas_frame", "with x as (select 1) delete from gold.rain_day",
])  # fmt: skip
def test_nothing_but_the_lake_is_read_and_nothing_is_written(opened: OpenLake, tmp_path: Path, query: str) -> None:
    pandas_frame = pa.table({"secret": [1]})
    file = tmp_path / "secret.csv"
    file.write_text("a\n1\n")

    with pytest.raises(UsageError):
        opened.sql(query.format(file=file)).fetchall()

    assert file.read_text() == "a\n1\n" and pandas_frame.num_rows


def _said(opened: OpenLake, capsys: pytest.CaptureFixture[str], *asked: str) -> tuple[int, str, str]:
    code = main(["sql", *asked, "--lake", str(opened.lake.root), "--pipelines", str(opened.pipelines)])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_command_prints_a_table_csv_and_json(opened: OpenLake, capsys: pytest.CaptureFixture[str]) -> None:
    assert _said(opened, capsys, JOINED)[1] == "town     mm\n南竿鄉  2.0\n花蓮市  9.5\n(2 rows)\n"
    assert _said(opened, capsys, JOINED, "--format", "csv")[1] == '"town","mm"\n"南竿鄉",2\n"花蓮市",9.5\n'
    told = json.loads(_said(opened, capsys, JOINED, "--json")[1])
    assert told["rows"] == [{"town": "南竿鄉", "mm": 2.0}, {"town": "花蓮市", "mm": 9.5}]
    assert told["columns"] == [{"name": "town", "type": "string"}, {"name": "mm", "type": "double"}]


def test_a_table_shows_the_first_rows_and_years_as_years(opened: OpenLake, capsys: pytest.CaptureFixture[str]) -> None:
    out = _said(opened, capsys, "select 2024 as year from gold.rain_day", "--rows", "1")[1]

    assert out == "year\n2024\n(the first 1 rows; --rows N shows more, --to FILE.csv keeps all)\n"


def test_a_files_ending_tells_its_form(opened: OpenLake, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name in ("x.parquet", "x.csv", "x.json"):
        code, out, err = _said(opened, capsys, JOINED, "--to", str(tmp_path / name))
        assert (code, out) == (0, "") and "2 rows lie in" in err

    assert pq.read_table(tmp_path / "x.parquet")["mm"].to_pylist() == [2.0, 9.5]
    assert (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert json.loads((tmp_path / "x.json").read_text("utf-8"))["schema"] == "lakeward.sql/1"


@pytest.mark.parametrize("asked", [
    ("select 1", "--format", "parquet"), ("select 1", "--to", "x.what"), ("select rain from gold.rain_day",),
    ("select gauge_id::int from gold.rain_day",), ("select 1", "--to", "/nowhere/x.csv"),
])  # fmt: skip
def test_the_command_ends_with_2_where_it_is_asked_wrongly(
    opened: OpenLake, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...]
) -> None:
    code, out, err = _said(opened, capsys, *asked)

    assert (code, out) == (2, "") and "remedy" in err


def test_a_query_that_fails_half_way_leaves_no_file(
    opened: OpenLake, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, _, _ = _said(opened, capsys, "select gauge_id::int from gold.rain_day", "--to", str(tmp_path / "x.csv"))

    assert code == 2 and not list(tmp_path.glob("*x.csv*"))


def test_a_cell_is_asked_of_the_lake_in_the_notebook(opened: OpenLake) -> None:
    names: dict[str, object] = {"lake": opened, "mine": opened}

    shown = magic.asked(names, "", "select count(*) as n from gold.rain_day")
    kept = magic.asked(names, "found << mine", "select 1 as one")

    assert shown is not None and shown["n"].tolist() == [4]
    assert kept is None and names["found"]["one"].tolist() == [1]  # type: ignore[index]
    assert magic.asked({}, str(opened.lake.root), "select 1 as one") is not None


@pytest.mark.parametrize(
    "cell",
    ["# select gauge_id\n#\n# from gold.rain_day order by\n# 1", "select gauge_id from gold.rain_day order by\n#1"],
)
def test_a_cell_that_is_kept_as_comments_is_sql(opened: OpenLake, cell: str) -> None:
    found = magic.asked({"lake": opened}, "", cell)

    assert found is not None and found["gauge_id"].tolist() == ["A", "A", "C", "D"]


def test_the_extension_brings_the_magic() -> None:
    import lakeward

    class Shell:
        user_ns: dict[str, object] = {}  # noqa: RUF012

        def register_magic_function(self, function: object, kind: str, name: str) -> None:
            self.user_ns[name] = kind

    shell = Shell()
    lakeward.load_ipython_extension(shell)

    assert shell.user_ns == {"lake": "cell"}
