"""The made landing folder: same bytes for the same seed, the agencies' formats, counts that can be relied on."""

import csv
import gzip
import hashlib
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from lakeward.lake.errors import UsageError
from lakeward.pipelines import sample

REAL = Path(__file__).resolve().parents[3] / "shared" / "data"
POLICE, HOURS = "police/npa_a1_annual", "environment/cwb_hourly"
HEADERS = {
    f"{POLICE}/2015*": f"{POLICE}/2015*",
    f"{POLICE}/2021*": f"{POLICE}/2021*",
    f"{HOURS}/made_469002*": f"{HOURS}/466900*",
    "environment/cwb_stations/*": "environment/cwb_stations/*",
    "maps/ris_village_population/2020-12*": "maps/ris_village_population/2020-12*",
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("landing")
    sample.write(folder)
    return folder


def octets(folder: Path, pattern: str) -> bytes:
    path = min(folder.glob(pattern))
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def rows_of(folder: Path, pattern: str) -> list[dict[str, str]]:
    return list(csv.DictReader(octets(folder, pattern).decode("utf-8-sig").splitlines()))


def crashes_of(folder: Path, year: int) -> list[dict[str, str]]:
    return rows_of(folder, f"{POLICE}/{year}*")[: -sample.MADE_FOOTER_ROWS]


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def key_of(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[name] for name in ("發生日期", "發生時間", "處理單位名稱警局層", "發生地點"))


def breaks(row: dict[str, str]) -> bool:
    try:
        day = row.get("發生日期") or f"{int(row['發生時間'][:3]) + 1911}{row['發生時間'][4:6]}{row['發生時間'][7:9]}"
        date.fromisoformat(day)
    except ValueError:
        return True
    deaths, _, injured = row["死亡受傷人數"].removeprefix("死亡").partition(";受傷")
    return not (deaths.isdigit() and injured.isdigit()) or not row.get("當事者順位", "1")


def test_same_seed_and_rows_give_the_same_bytes_in_another_process(made: Path, tmp_path: Path) -> None:
    code = "import sys, pathlib; from lakeward.pipelines import sample; sample.write(pathlib.Path(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "again")], check=True)

    assert digests(tmp_path / "again") == digests(made)


def test_another_seed_gives_other_rows(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    sample.write(one, rows=200, seed=1)
    sample.write(two, rows=200, seed=2)

    first, second = digests(one), digests(two)

    headers_only = {f"{HOURS}/made_469000.csv.gz"}
    assert first.keys() == second.keys()
    assert {name for name in first if first[name] == second[name]} == headers_only


def test_every_file_says_made_and_the_note_says_how(made: Path) -> None:
    names = list(digests(made))
    note = (made / "MADE.md").read_text("utf-8")

    assert [name for name in names if "made" not in name.rpartition("/")[2].casefold()] == []
    assert all(words in note for words in ("seed 2026, rows 2000", "種子 2026，列數 2000", "made up", "虛構"))


def test_what_write_returns_is_what_it_wrote_and_stays_small(tmp_path: Path) -> None:
    paths = sample.write(tmp_path / "new")

    assert {str(path.relative_to(tmp_path / "new")) for path in paths} == set(digests(tmp_path / "new"))
    assert sum(path.stat().st_size for path in paths) < 6_000_000


@pytest.mark.real
@pytest.mark.parametrize(("ours", "theirs"), HEADERS.items())
def test_headers_marks_and_line_ends_are_the_agencys(made: Path, ours: str, theirs: str) -> None:
    if not REAL.is_dir():
        pytest.skip(f"the agencies' own files are not at {REAL}")
    start = [octets(folder, pattern) for folder, pattern in ((made, ours), (REAL, theirs))]

    assert start[0].splitlines(keepends=True)[0] == start[1].splitlines(keepends=True)[0]


@pytest.mark.real
def test_no_made_row_is_an_agencys_row(made: Path) -> None:
    if not REAL.is_dir():
        pytest.skip(f"the agencies' own files are not at {REAL}")
    for folder in (POLICE, "environment/cwb_stations", "maps/ris_village_population"):
        real, ours = (
            {line for path in (root / folder).iterdir() for line in path.read_bytes().splitlines()[1:]}
            for root in (REAL, made)
        )
        shared = {line for line in real & ours if not line.startswith("事故類別".encode())}
        assert shared == set()
    real_stations = {row["StationID"] for row in rows_of(REAL, "environment/cwb_stations/*")}
    assert real_stations.isdisjoint(row["StationID"] for row in rows_of(made, "environment/cwb_stations/*"))


@pytest.mark.parametrize("year", sample.SHARES)
def test_bad_repeated_and_footer_rows_are_as_declared(made: Path, year: int) -> None:
    rows = crashes_of(made, year)
    footers = rows_of(made, f"{POLICE}/{year}*")[-sample.MADE_FOOTER_ROWS :]

    assert sum(map(breaks, rows)) == sample.MADE_BAD_ROWS[year]
    assert len(rows) - len({tuple(row.values()) for row in rows}) == sample.MADE_REPEATED_ROWS[year]
    assert [next(iter(row.values())).partition("：")[0] for row in footers] == ["資料提供日期", "事故類別"]


@pytest.mark.parametrize("year", [2020, 2021, 2022])
def test_parties_of_a_crash_agree_on_it_and_count_from_one(made: Path, year: int) -> None:
    crashes = defaultdict(list)
    for row in crashes_of(made, year):
        if not breaks(row):
            crashes[key_of(row)].append(row)
    columns = list(crashes_of(made, year)[0])
    shared = [*columns[: columns.index("當事者順位")], "經度", "緯度"]

    for parties in crashes.values():
        orders = list(dict.fromkeys(int(party["當事者順位"]) for party in parties))
        assert orders == list(range(1, len(orders) + 1))
        assert len(orders) > 1
        assert len({tuple(party[name] for name in shared) for party in parties}) == 1


@pytest.mark.parametrize("rows", [100, 20_000])
def test_party_rows_follow_what_was_asked(tmp_path: Path, rows: int) -> None:
    sample.write(tmp_path, rows=rows)

    found = sum(len(crashes_of(tmp_path, year)) for year in (2020, 2021, 2022))

    extra = sum(sample.MADE_BAD_ROWS[year] + sample.MADE_REPEATED_ROWS[year] for year in (2020, 2021, 2022))
    assert abs(found - extra - rows) <= 3


def test_hours_carry_the_agencys_codes_and_every_station_is_listed(made: Path) -> None:
    listed = {row["StationID"] for row in rows_of(made, "environment/cwb_stations/*")}
    files = sorted((made / HOURS).iterdir())
    hours = {path.name[5:11]: rows_of(made, f"{HOURS}/{path.name}") for path in files}
    marked = [path.name for path in files if gzip.decompress(path.read_bytes()).startswith(b"\xef\xbb\xbf")]
    seen = Counter((name, value) for rows in hours.values() for row in rows for name, value in row.items())

    assert set(hours) <= listed
    assert sorted({len(rows) for rows in hours.values()}) == [0, 549 * 24]
    assert len(marked) == 1
    assert all(seen[name, code] for name, code in {"Precp": "T", "WD": "V", "Cloud Amount": "/"}.items())
    assert all(seen["Precp", code] for code in ("X", "..."))
    assert {value for name, value in seen if name == "ObsTime"} == {str(hour) for hour in range(1, 25)}


def test_police_and_stations_see_the_same_rain(made: Path) -> None:
    wet: dict[tuple[str, str, int], bool] = {}
    for path in (made / HOURS).iterdir():
        for row in rows_of(made, f"{HOURS}/{path.name}"):
            if row["Precp"].replace(".", "").isdigit():
                wet[row["City"], row["Date"].replace("-", ""), int(row["ObsTime"])] = float(row["Precp"]) > 0
    skies: dict[bool, list[bool]] = {True: [], False: []}
    for row in crashes_of(made, 2021):
        hour = (row["發生地點"][:3], row["發生日期"], int(row["發生時間"][:2]) + 1)
        if hour in wet and row["當事者順位"] == "1":
            skies[wet[hour]].append("雨" in row["天候名稱"])

    assert sum(skies[True]) > 0.7 * len(skies[True]) > 7
    assert sum(skies[False]) < 0.1 * len(skies[False])


def test_every_county_with_crashes_has_people_and_some_have_no_station(made: Path) -> None:
    crashed = {row["發生地點"][:3] for year in sample.SHARES for row in crashes_of(made, year)}
    listed = {row["City"] for row in rows_of(made, "environment/cwb_stations/*")}

    for snapshot in sample.SNAPSHOTS:
        villages = rows_of(made, f"maps/ris_village_population/{snapshot}*")
        assert len({row["區域"][:3] for row in villages}) == 22
        assert crashed <= {row["區域"][:3] for row in villages}
        assert len({row["村里代碼"] for row in villages}) == len(villages)
        for row in villages:
            ages = int(row["未滿15歲"]) + int(row["15-64歲"]) + int(row["超過64歲"])
            assert int(row["男性人口"]) + int(row["女性人口"]) == int(row["人口"]) == ages
    assert "台中市" in listed
    assert {"苗栗縣", "雲林縣", "嘉義縣"} <= crashed - listed


def test_a_folder_with_other_files_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "police").mkdir()
    (tmp_path / "police" / "2021_a1.csv").write_text("real", "utf-8")

    with pytest.raises(UsageError, match="must not mix") as refusal:
        sample.write(tmp_path)

    assert refusal.value.facts["found"] == ["police/2021_a1.csv"]
    assert list(digests(tmp_path)) == ["police/2021_a1.csv"]


def test_a_real_file_beside_an_earlier_sample_is_refused(tmp_path: Path) -> None:
    sample.write(tmp_path, rows=100)
    (tmp_path / POLICE / "2021_a1.csv").write_text("real", "utf-8")
    before = digests(tmp_path)

    with pytest.raises(UsageError, match="must not mix"):
        sample.write(tmp_path, rows=100)

    assert digests(tmp_path) == before


def test_made_files_without_their_note_are_refused(tmp_path: Path) -> None:
    sample.write(tmp_path, rows=100)
    (tmp_path / "MADE.md").unlink()

    with pytest.raises(UsageError):
        sample.write(tmp_path, rows=100)


def test_an_earlier_sample_is_replaced_whole(tmp_path: Path) -> None:
    sample.write(tmp_path / "twice", rows=6_000)
    sample.write(tmp_path / "twice", rows=100)
    sample.write(tmp_path / "once", rows=100)

    assert digests(tmp_path / "twice") == digests(tmp_path / "once")


def test_a_file_in_place_of_the_folder_and_too_few_rows_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")

    with pytest.raises(UsageError):
        sample.write(tmp_path / "file")
    with pytest.raises(UsageError, match="too few"):
        sample.write(tmp_path / "new", rows=3)
