"""Terms of what is made from several sources: the strictest of all, every source named, nothing unknown."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rain_lake import GOLD, RAIN, gold

from lakeward.jobs import licences, publications
from lakeward.jobs.cli import main
from lakeward.lake import release
from lakeward.lake.errors import UsageError
from lakeward.lake.storage import Lake
from lakeward.pipelines.catalog import Table, declared
from lakeward.pipelines.dataset import Curated, Dataset, Decision, Publication
from lakeward.pipelines.publication import inferred
from lakeward.sharing.releases.terms import KNOWN, Licence, TermsRefused, conflict, joined, read, terms_of

SETS = st.frozensets(st.sampled_from(sorted(KNOWN.values(), key=lambda each: each.name)), min_size=1)
DECIDED = Decision("OGDL-TW-1.0", "a person", "2026-01-01", "the agency wrote so")


def _from(*licences: str, decided: Decision | None = None) -> Curated:
    def dataset(place: int, licence: str) -> Dataset:
        own = decided if licence == "not stated" else None
        publish = Publication("made", decided=own)
        return replace(RAIN, name=f"made.rain_{place}", source=replace(RAIN.source, licence=licence), publish=publish)

    return replace(GOLD, inputs=tuple(dataset(*each) for each in enumerate(licences)))


@settings(deadline=None)  # a busy machine is no fault
@given(SETS, SETS)
def test_joining_is_a_lattice(a: frozenset[Licence], b: frozenset[Licence]) -> None:
    duties = {duty for each in a | b for duty in each.duties}

    assert joined(joined(a)) == joined(a)
    assert joined([*a, *b]) == joined([*b, *a]) == joined([*joined(a), *joined(b)])
    assert {duty for each in joined([*a, *b]) for duty in each.duties} == duties
    if conflict(a):
        assert conflict(a | b)


def test_a_joined_table_carries_the_strictest_terms_and_every_attribution() -> None:
    told = terms_of(_from("CC0-1.0", "OGDL-TW-1.0 (data.gov.tw default)", "CC-BY-4.0; of 2020"))

    assert told["licence"] == "CC-BY-4.0 AND OGDL-TW-1.0"
    assert told["terms"]["duties"] == ["attribution"]
    assert told["terms"]["attributions"] == {
        "made.rain_0": "nobody：虛構雨量（Made rain），CC0 1.0，https://creativecommons.org/publicdomain/zero/1.0/",
        "made.rain_1": "nobody：虛構雨量（Made rain），政府資料開放授權條款－第1版，https://data.gov.tw/license",
        "made.rain_2": "nobody：虛構雨量（Made rain），CC BY 4.0，https://creativecommons.org/licenses/by/4.0/",
    }
    assert terms_of(_from("OGDL-TW-1.0", "CC-BY-NC-4.0"))["licence"] == "CC-BY-NC-4.0"
    assert terms_of(replace(GOLD, inputs=()))["licence"] == "CC0-1.0"


@pytest.mark.parametrize(
    ("licences", "why"),
    [
        (("CC0-1.0", "not stated; OGDL-TW-1.0 to be checked"), "not stated"),
        (("OGDL-TW-1.0 or so, ask them",), "not stated"),
        (
            ("OGDL-1.0",),
            r"none of those known: made.rain_0 \(OGDL-1.0\)(?s:.)*write it as one of OGDL-TW-1.0, .* declaration of",
        ),
        (("CC-BY-ND-4.0",), "allows no table"),
        (("CC-BY-SA-4.0", "ODbL-1.0"), "wants its own terms"),
        (("CC-BY-SA-4.0", "CC-BY-NC-4.0"), "wants its own terms"),
    ],
)
def test_unknown_and_contradicting_terms_are_refused(licences: tuple[str, ...], why: str) -> None:
    with pytest.raises(TermsRefused, match=why):
        terms_of(_from(*licences))


def test_a_persons_decision_opens_what_is_not_stated_and_is_told() -> None:
    told = terms_of(_from("CC0-1.0", "not stated", decided=DECIDED))

    assert told["licence"] == "OGDL-TW-1.0"
    assert told["terms"]["decisions"]["made.rain_1"]["by"] == "a person"
    for by, on, reason in ((" ", "2026-01-01", "so"), ("a person", "yesterday", "so"), ("a person", "2026-01-01", "")):
        with pytest.raises(UsageError):
            Decision("OGDL-TW-1.0", by, on, reason)


def test_terms_that_were_inferred_are_listed_for_a_person_to_decide(capsys: pytest.CaptureFixture[str]) -> None:
    of_ours = {each.name for each in declared().values() if isinstance(each, Dataset) and _is_inferred(each)}
    assert len(of_ours) == 8

    assert main(["licences"]) == 0
    shown = capsys.readouterr().out
    assert main(["licences", "--json"]) == 0
    told = {each["name"]: each for each in json.loads(capsys.readouterr().out)["datasets"]}

    assert {name for name, each in told.items() if each["state"] == "inferred"} == of_ours
    assert "inferred (8)" in shown
    assert all(f"\n{name} " in shown for name in of_ours)
    stations = told["environment.weather_stations"]
    assert (stations["declared"], stations["licence"], stations["rests_on_it"]) == (
        "not stated", "OGDL-TW-1.0", ["gold.road_safety_weather"],
    )  # fmt: skip
    assert (Path(__file__).parents[3] / stations["declared_in"]).is_file()


def test_states_of_terms_are_told_apart() -> None:
    table = _from("OGDL-TW-1.0", "ask them")
    decided = replace(RAIN, name="made.decided", publish=Publication("made", decided=DECIDED))
    tables: list[Table] = [table, *table.sources(), decided]
    told = licences.as_document({each.name: each for each in tables})

    assert [(each["name"], each["state"], each["rests_on_it"]) for each in told["datasets"]] == [
        ("made.rain_0", "stated", ["gold.rain"]), ("made.rain_1", "not stated", ["gold.rain"]),
        ("made.decided", "decided", []),
    ]  # fmt: skip
    assert "not stated (1)" in licences.as_text(told, is_all=False)
    assert "a person" in licences.as_text(told, is_all=True)


def test_a_release_that_rests_on_inferred_terms_says_so(lake: Lake) -> None:
    table = _from("CC0-1.0", "not stated", decided=inferred("the agency says so elsewhere"))
    gold(lake)

    done = publications.publish_all(lake, [table])

    assert done[0].inferred == ("made.rain_1",)
    assert "inferred, as none are stated, of made.rain_1:" in publications.as_text(lake, done)
    manifest = release.newest(lake, "gold.rain")
    assert manifest and manifest["terms"]["decisions"]["made.rain_1"]["is_inferred"]


def _is_inferred(dataset: Dataset) -> bool:
    return bool(dataset.publish and dataset.publish.decided and dataset.publish.decided.is_inferred)


def test_every_gold_table_of_ours_has_terms() -> None:
    gold = [table for table in declared().values() if isinstance(table, Curated)]

    assert {terms_of(table)["licence"] for table in gold} <= {"OGDL-TW-1.0", "CC0-1.0"}
    assert read("law text: no copyright") is KNOWN["law text"]
