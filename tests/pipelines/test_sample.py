"""Made landing folders: drawn from declarations, the same bytes for the same seed, counts that can be relied on."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from lakeward.jobs.plan import DatasetPlan, plan
from lakeward.lake.errors import UsageError
from lakeward.lake.landing import Delivery
from lakeward.lake.storage import Lake
from lakeward.lake.table import Cell, Column
from lakeward.pipelines.catalog import declared
from lakeward.pipelines.dataset import Append, Csv, Dataset, Format, Json, Layout, Snapshot, Source, Titles, Workbook
from lakeward.pipelines.grid import PROVENANCE
from lakeward.pipelines.reading import read_head, read_rows
from lakeward.pipelines.sample.files import files_of
from lakeward.pipelines.sample.folder import Made, write
from lakeward.pipelines.sample.rows import Space
from lakeward.pipelines.sample.world import COUNTIES, World
from lakeward.quality import expect, sums

DATASETS = [table for table in declared().values() if isinstance(table, Dataset)]


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("landing")


@pytest.fixture(scope="module")
def made(landing: Path) -> list[Made]:
    return write(landing, DATASETS, rows=1_000)


def rows_of(path: Path, form: Format) -> list[list[str]]:
    head = read_head(str(path), form)
    batches = [batch.drop_columns(list(PROVENANCE)) for batch in read_rows(str(path), form, head)]
    return [list(head.header), *(list(row.values()) for batch in batches for row in batch.to_pylist())]


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def dataset(*columns: Column, **told: object) -> Dataset:
    source = Source("own/things/*.csv", "not stated", "never", Csv(encoding="utf-8"))
    given: dict[str, object] = {"source": source, "combine": Snapshot()}
    return Dataset("own.things", "Things", "物", "nobody", columns=columns, **(given | told))  # type: ignore[arg-type]


def made_rows(folder: Path, thing: Dataset, rows: int = 200) -> list[dict[str, str]]:
    first = write(folder, [thing], rows=rows)[0]
    header, *cells = rows_of(folder / first.file, thing.source.format)
    return [dict(zip(header, row, strict=True)) for row in cells]


def test_same_seed_and_rows_give_the_same_bytes_in_another_process(
    landing: Path, made: list[Made], tmp_path: Path
) -> None:
    code = "import sys; from lakeward.jobs.cli import main; sys.exit(main(sys.argv[1:]))"
    subprocess.run([sys.executable, "-c", code, "sample", str(tmp_path / "again"), "--rows", "1000"], check=True)

    assert made
    assert digests(tmp_path / "again") == digests(landing)


def test_another_seed_gives_other_rows(tmp_path: Path) -> None:
    one, two = (write(tmp_path / name, DATASETS, rows=200, seed=seed) for name, seed in (("one", 1), ("two", 2)))

    first, second = digests(tmp_path / "one"), digests(tmp_path / "two")

    empty = {each.file for each in one if not each.rows}
    assert [each.file for each in one] == [each.file for each in two]
    assert {name for name in first if first[name] == second[name]} == empty


def test_every_file_says_made_and_is_listed_in_the_note(landing: Path, made: list[Made]) -> None:
    note = (landing / "MADE.md").read_text("utf-8")

    assert {each.file for each in made} | {"MADE.md"} == set(digests(landing))
    assert all(Delivery(each.file, "", 0, "").is_made for each in made)
    assert all(f"- `{each.file}` {each.dataset}: {each.rows} rows, of them {each.bad} bad" in note for each in made)
    assert all(words in note for words in ("seed 2026, rows 1000", "種子 2026，列數 1000", "made up", "虛構"))


def test_every_declaration_takes_its_made_files(landing: Path, made: list[Made], lake: Lake) -> None:
    steps = [step for step in plan(lake, str(landing), DATASETS).steps.values() if isinstance(step, DatasetPlan)]

    assert [(each.delivery.file, each.reason) for step in steps for each in step.refused] == []
    assert {each.delivery.file for step in steps for each in step.arrivals} == {each.file for each in made}
    assert [file for step in steps for file in step.strange] == []


@pytest.mark.parametrize("thing", DATASETS, ids=lambda each: each.name)
def test_every_layout_has_a_file_and_every_file_the_declared_headers_and_rows(
    landing: Path, made: list[Made], thing: Dataset
) -> None:
    ours = [each for each in made if each.dataset == thing.name]
    planned = {file.name: file.layout.name for file in files_of(thing, World(2026, 1_000))}

    assert set(planned.values()) == {layout.name for layout in thing.layouts() if layout.cells}
    assert {each.file for each in ours} == set(planned)
    for each in ours:
        _, *cells = rows_of(landing / each.file, thing.source.format)
        assert len(cells) == each.rows + each.footers
        assert all(len(row) == len(cells[0]) for row in cells)


def test_footers_and_an_empty_file_stand_where_the_declaration_allows_them(made: list[Made]) -> None:
    crashes = [each for each in made if each.dataset == "police.fatal_crashes"]
    hours = [each for each in made if each.dataset == "environment.hourly_weather"]

    assert {each.footers for each in crashes} == {2}
    assert sorted(each.rows > 0 for each in hours) == [False, True, True]


def test_bad_cells_are_as_many_as_told_and_no_other_row_breaks_the_suite(tmp_path: Path) -> None:
    thing = dataset(
        Column("thing_code", "string", "code", cell="代碼", key=True),
        Column("opened_on", "date", "day", cell="日期"),
        Column("beds", "int", "beds", cell="病床", nulls=("-",)),
        suite=(expect.column_values_to_be_between("beds", 5, 9), expect.column_values_to_match_regex("thing_code", "^[A-Z]\\d{4}$")),
    )  # fmt: skip

    rows = made_rows(tmp_path, thing, rows=2_000)

    bad = [row for row in rows if not row["代碼"] or row["病床"] == "不明？" or row["日期"] == "不明？"]
    good = [row for row in rows if row not in bad]
    assert len(bad) == 2
    assert {row["病床"] for row in good} == {"5", "6", "7", "8", "9", "-"}
    assert len({row["代碼"] for row in rows}) == len(rows)


def test_a_cell_that_patterns_read_holds_what_they_read(tmp_path: Path) -> None:
    thing = dataset(
        Column("market_code", "string", "code", cell=Cell(("市場",), pick=r"^(\S+)"), key=True),
        Column("market_name", "string", "name", cell=Cell(("市場",), pick=r"^\S+\s+(.+)$")),
        Column("dead", "int", "dead", cell=Cell(("死傷",), pick=r"死亡\s*(\d+)")),
        Column("hurt", "int", "hurt", cell=Cell(("死傷",), pick=r"受傷\s*(\d+)")),
    )

    rows = made_rows(tmp_path, thing)

    assert rows[0]["市場"] == "M0001 示例1"
    assert rows[0]["死傷"].startswith("死亡")
    assert ";受傷" in rows[0]["死傷"]


def test_a_cell_that_cannot_be_derived_asks_for_a_template_and_takes_it(tmp_path: Path) -> None:
    pick = Column("level", "int", "level", cell=Cell(("代碼",), pick=r"^第(\d+)[A-Z]級$"))
    told = Cell(("代碼",), pick=r"^第(\d+)[A-Z]級$", made="第{n}A級")

    with pytest.raises(UsageError, match="代碼"):
        made_rows(tmp_path / "one", dataset(pick))

    rows = made_rows(tmp_path / "two", dataset(Column("level", "int", "level", cell=told)))
    assert [row["代碼"] for row in rows[:3]] == ["第1A級", "第2A級", "第3A級"]


@pytest.mark.parametrize("encoding", ["cp950", "big5hkscs", "utf-16"])
def test_files_are_in_the_declared_encoding_and_delimiter(tmp_path: Path, encoding: str) -> None:
    form = Csv(encoding=encoding, delimiter="\t", skip_rows=1)
    source = Source("own/things/*.csv", "not stated", "never", form)
    county = Column("county_name", "string", "county", cell="縣市", tidy=("tai",))

    made = write(tmp_path, [dataset(county, source=source)])
    first, second = (rows_of(tmp_path / each.file, form) for each in made)

    assert "made by lakeward sample" in (tmp_path / made[0].file).read_text(encoding)
    assert {row[0] for row in first[1:]} == {county.name.replace("臺", "台") for county in COUNTIES}
    assert {row[0] for row in second[1:]} == {county.name for county in COUNTIES}


SEGIS = Json("RowDataList", Titles("ColumnList", "COLUMN_ID", "COLUMN_NAME"), beside=("Info.0.InCountyId",))


@pytest.mark.parametrize(
    "form",
    [
        Csv(encoding="utf-8", header="^縣市", header_rows=2, beside=("_title",)),
        Workbook(sheets="^made$", header="^縣市", beside=("_title", "_sheet")),
        Json("objects.*.geometries"),
        SEGIS,
    ],
    ids=["two-line header", "workbook", "TopoJSON", "JSON envelope"],
)
def test_every_format_is_read_back(tmp_path: Path, form: Format) -> None:
    told = {"_title": "title", "_sheet": "sheet", "Info.0.InCountyId": "county_id"}
    beside = [Column(told[name], "string", name, cell=name) for name in form.beside if name != "_sheet"]
    source = Source("own/things/*.*", "not stated", "never", form)
    county = Column("county_name", "string", "county", cell="縣市 名稱")
    people = Column(
        "people", "int", "people", cell="properties.people" if form == Json("objects.*.geometries") else "人口"
    )

    made = write(tmp_path, [dataset(county, people, *beside, source=source)], rows=200)

    header, *rows = rows_of(tmp_path / made[0].file, form)
    assert header[:2] == ["縣市 名稱", people.cell]
    assert len(rows) == made[0].rows == 100
    assert {row[0] for row in rows} == {county.name for county in COUNTIES}
    assert all(len(set(column)) == 1 and column[0] for column in list(zip(*rows, strict=True))[2:])


@pytest.mark.parametrize("layout", ["all parts", "two parts"])
def test_parts_that_a_layout_has_add_up_to_the_whole_in_every_row(tmp_path: Path, layout: str) -> None:
    parts = ("a", "b", "c") if layout == "all parts" else ("a", "c")
    thing = dataset(
        Column("thing_code", "string", "code", cell="代碼", key=True),
        Column("people", "int", "people", cell="人口"),
        *(Column(name, "int", name, cell=name if name in parts else (), nulls=("-",)) for name in "abc"),
        suite=(sums.column_values_to_be_sum_of("people", ("a", "b", "c")),),
    )

    rows = made_rows(tmp_path, thing, rows=2_000)

    whole = [row for row in rows if "不明？" not in row.values()]
    assert len(whole) > 900
    assert all(int(row["人口"]) == sum(int(row[part]) for part in parts) for row in whole)
    assert len({row["c"] for row in whole}) > 5


def test_a_delivery_comes_twice_where_deliveries_add_up(tmp_path: Path) -> None:
    thing = dataset(Column("thing_id", "string", "id", cell="編號", key=True), combine=Append())

    made = write(tmp_path, [thing])

    same = digests(tmp_path)
    assert [each.is_copy for each in made] == [False, False, True]
    assert same[made[2].file] == same[made[1].file] != same[made[0].file]


def test_data_sets_meet_in_places_days_and_things(landing: Path, made: list[Made]) -> None:
    def cells(name: str, header: str) -> set[str]:
        files = [each.file for each in made if each.dataset == name and each.rows]
        tables = [rows_of(landing / file, Csv(encoding="utf-8")) for file in files]
        return {row[table[0].index(header)] for table in tables if header in table[0] for row in table[1:]}

    crashed = {place[:3] for place in cells("police.fatal_crashes", "發生地點")}
    assert cells("environment.hourly_weather", "Station") <= cells("environment.weather_stations", "StationID")
    assert crashed & cells("environment.hourly_weather", "City")
    assert crashed & {place[:3] for place in cells("maps.village_population", "區域")}


@pytest.mark.parametrize("thing", DATASETS, ids=lambda each: each.name)
def test_rows_come_out_the_same_in_blocks_of_any_size(thing: Dataset) -> None:
    world = World(1, 300)
    file = next(file for file in files_of(thing, world) if file.rows)
    space = Space(world, thing, file.layout, file.days)

    whole = next(space.blocks(file.start, 200))
    pieces = list(space.blocks(file.start, 200, size=7))

    assert [int(place) for piece in pieces for place in piece.places] == whole.places.tolist()
    assert [int(day) for piece in pieces for day in piece.days] == whole.days.tolist()


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "police").mkdir()
    (tmp_path / "police" / "2021_a1.csv").write_text("real", "utf-8")

    with pytest.raises(UsageError, match="must not mix") as refusal:
        write(tmp_path, DATASETS)

    assert refusal.value.facts["found"] == ["police/2021_a1.csv"]
    assert list(digests(tmp_path)) == ["police/2021_a1.csv"]


def test_a_real_file_beside_an_earlier_sample_is_refused(tmp_path: Path) -> None:
    made = write(tmp_path, DATASETS, rows=100)
    (tmp_path / made[0].file).with_name("2021_a1.csv").write_text("real", "utf-8")
    before = digests(tmp_path)

    with pytest.raises(UsageError, match="must not mix"):
        write(tmp_path, DATASETS, rows=100)

    assert digests(tmp_path) == before


def test_made_files_without_their_note_are_refused(tmp_path: Path) -> None:
    write(tmp_path, DATASETS, rows=100)
    (tmp_path / "MADE.md").unlink()

    with pytest.raises(UsageError):
        write(tmp_path, DATASETS, rows=100)


def test_an_earlier_sample_is_replaced_whole(tmp_path: Path) -> None:
    write(tmp_path / "twice", DATASETS, rows=2_000)
    write(tmp_path / "twice", DATASETS[:1], rows=100)
    write(tmp_path / "once", DATASETS[:1], rows=100)

    assert digests(tmp_path / "twice") == digests(tmp_path / "once")


def test_a_file_in_place_of_the_folder_and_too_few_rows_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")

    with pytest.raises(UsageError):
        write(tmp_path / "file", DATASETS)
    with pytest.raises(UsageError, match="too few"):
        write(tmp_path / "new", DATASETS, rows=3)


def test_a_layout_without_the_key_that_counts_repeats_no_row(tmp_path: Path) -> None:
    older = Layout("older", {"opened_on": "日期", "place": "地點"})
    source = Source("own/things/*.csv", "not stated", "never", Csv(encoding="utf-8"), layouts=(older,))
    thing = dataset(
        Column("opened_on", "date", "day", cell="開業日期", key=True),
        Column("place", "string", "place", cell="地址", key=True),
        Column("part_no", "int", "part", cell="序號", key=True),
        source=source, combine=Append(),
    )  # fmt: skip

    rows = made_rows(tmp_path, thing, rows=2_000)

    assert len(rows) == 201
    assert len({row["地點"] for row in rows if row["地點"]}) == 199


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(UsageError, match=r"cannot be written to .*: Not a directory"):
        write(tmp_path / "file" / "landing", [dataset(Column("a", "string", "a", cell="甲"))], rows=200)
