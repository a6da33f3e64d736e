"""The deliveries of the merge benchmark: what comes upon the first one is the whole that is delivered again."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from readings import made

ROWS = 3_000


@pytest.mark.parametrize("pattern", made.PATTERNS)
def test_changes_upon_the_first_delivery_give_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pattern: str
) -> None:
    monkeypatch.setattr(made, "AT_ONCE", 700)  # some of these hold nothing that changes
    files = {name: tmp_path / f"{name}.csv.gz" for name in ("first", "changes", "again")}
    made.first(files["first"], ROWS)
    made.changes(files["changes"], ROWS, pattern)
    made.again(files["again"], ROWS, pattern)
    connection = duckdb.connect()
    for name, file in files.items():
        connection.execute(f"create view {name} as from read_csv('{file}')")

    kept = "from first anti join changes using (測站, 時間)"
    merged = connection.sql(f"({kept}) union all from changes")

    assert sorted(merged.fetchall()) == sorted(connection.sql("from again").fetchall())
    held = made.held(ROWS, pattern)
    told = connection.sql("select count(*), sum(水位)::bigint, count(distinct (測站, 時間)) from again").fetchall()
    assert told == [(held.rows, held.level_cm, held.rows)]
    assert connection.sql("select count(*) from changes").fetchall() == [(ROWS // made.ONE_CHANGED_IN,)]
    assert connection.sql("select count(*) from first semi join changes using (測站, 時間)").fetchall() == [(27,)]
