"""What a new project is made of fits together: its CI runs the target that its Makefile has and its pages tell."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

from lakeward.jobs.starting import start
from lakeward.lake.errors import UsageError

RUN = "lakeward-of-this-machine"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    start(tmp_path / "my-agency")
    return tmp_path / "my-agency"


def _made(project: Path, command: str) -> str:
    """Give what a command of make would do."""
    done = subprocess.run(
        [*command.split(), "-n", f"LAKEWARD={RUN}"], cwd=project, check=True, capture_output=True, text=True
    )
    return done.stdout


def test_its_ci_sets_up_what_lakeward_needs_and_runs_the_tests(project: Path) -> None:
    told = yaml.safe_load((project / ".github/workflows/test.yml").read_text("utf-8"))
    events = told.get("on", told.get(True))  # YAML 1.1 takes the word for a truth

    assert set(events) == {"push", "pull_request"} and set(told["jobs"]) == {"test"}
    job = told["jobs"]["test"]
    assert job["runs-on"].startswith("ubuntu-")
    assert all(set(step) in ({"uses"}, {"uses", "with"}, {"run"}) for step in job["steps"])
    used = {step["uses"].partition("@")[0]: step.get("with", {}) for step in job["steps"] if "uses" in step}
    assert list(used) == ["actions/checkout", "actions/setup-python", "actions/setup-java"]
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@v\d+", step["uses"]) for step in job["steps"] if "uses" in step)
    needed = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]["requires-python"]
    assert f">={used['actions/setup-python']['python-version']}" == needed
    assert int(used["actions/setup-java"]["java-version"]) >= 17

    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert commands == ["make test"] and f"{RUN} test" in _made(project, commands[0])


def test_every_make_target_that_it_tells_is_there(project: Path) -> None:
    assert f"{RUN} plan 'my_agency.*' 'gold.my_agency_*'" in _made(project, "make plan")
    assert f"{RUN} run 'my_agency.*' 'gold.my_agency_*'" in _made(project, "make run")
    told = set(re.findall(r"^make (\w+)", (project / "README.md").read_text("utf-8"), re.MULTILINE))
    listed = subprocess.run(["make"], cwd=project, check=True, capture_output=True, text=True).stdout
    assert told and told <= {line.split()[0] for line in listed.splitlines()}


def test_nothing_of_the_template_is_left_open(project: Path) -> None:
    files = [file for file in project.rglob("*") if file.is_file()]

    assert len(files) >= 10
    assert not [file for file in files if re.search(r"@[A-Z]+@", str(file) + file.read_text("utf-8"))]


@pytest.mark.parametrize(("name", "said"), [("機關", "Latin letters"), ("class", "Latin letters")])
def test_a_name_that_gives_none_for_tables_is_refused(tmp_path: Path, name: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        start(tmp_path / name)

    assert said in refused.value.remedy and not (tmp_path / name).exists()


def test_a_folder_that_holds_something_is_left_alone(project: Path) -> None:
    with pytest.raises(UsageError, match="is not empty"):
        start(project)
