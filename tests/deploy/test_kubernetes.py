"""What is handed out for Kubernetes fits the operator's schema and the container linter, and names what is there.

No cluster of that kind is to be had here. `LAKEWARD_SPARK_APPLICATION_CRD` names the operator's own CRD, where one has
it; else a reduced schema of ours stands for it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from lakeward.jobs.cli import LAST_SECONDS, main
from lakeward.lake.session import settings

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "kubernetes"


def _schema() -> dict[str, Any]:
    if not (own := os.environ.get("LAKEWARD_SPARK_APPLICATION_CRD")):
        reduced: dict[str, Any] = json.loads(Path(__file__).with_name("spark_application.json").read_text("utf-8"))
        return reduced
    crd = yaml.safe_load(Path(own).read_text("utf-8"))
    schema: dict[str, Any] = next(
        each["schema"]["openAPIV3Schema"] for each in crd["spec"]["versions"] if each["name"] == "v1"
    )
    _close(schema["properties"]["spec"])
    return schema


def _close(schema: Any) -> None:
    """Refuse names that a part of the CRD does not have, as the API server does by `--validate=strict`."""
    if isinstance(schema, dict):
        if "properties" in schema:
            schema.setdefault("additionalProperties", False)
        for part in schema.values():
            _close(part)


@pytest.fixture
def application() -> dict[str, Any]:
    told: dict[str, Any] = yaml.safe_load((FOLDER / "run.yaml").read_text("utf-8"))
    return told


def test_the_application_fits_the_operator_s_schema_and_a_misspelt_one_does_not(application: dict[str, Any]) -> None:
    schema = _schema()
    jsonschema.validate(application, schema)

    application["spec"]["sparkconf"] = {}
    with pytest.raises(jsonschema.ValidationError, match="sparkconf"):
        jsonschema.validate(application, schema)


def test_the_application_asks_for_what_lakeward_knows(
    application: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    spec = application["spec"]
    assert main(["run", *spec["driverArgs"], "--help"]) == 0 and "Usage" in capsys.readouterr().out
    ours = [name.rpartition("LAKEWARD_")[2].lower() for name in spec["sparkConf"] if "LAKEWARD_" in name]
    assert ours and set(ours) <= set(settings().sources)
    assert spec["driverSpec"]["podTemplateSpec"]["spec"]["terminationGracePeriodSeconds"] > LAST_SECONDS


def test_no_key_stands_in_the_application(application: dict[str, Any]) -> None:
    secret = {name: value for name, value in application["spec"]["sparkConf"].items() if "KEY" in name}

    assert len(secret) == 4 and all(".secretKeyRef." in name for name in secret)
    assert set(secret.values()) == {"lakeward-store:access-key", "lakeward-store:secret-key"}


def test_the_container_file_has_no_fault_and_copies_what_is_there() -> None:
    linter = Path(sys.executable).with_name("hadolint")
    file = FOLDER / "Containerfile"

    told = subprocess.run([str(linter), "--no-color", str(file)], capture_output=True, text=True, check=False)

    assert told.returncode == 0, told.stdout
    copied = re.findall(r"^COPY (?!--from)(.+) \./$", file.read_text("utf-8"), re.MULTILINE)
    names = [name for line in copied for name in line.split() if not name.startswith("dist/")]
    assert names and all((ROOT / name).is_file() for name in names)
