"""The `spark-submit` line of a run: what a scheduler, or the gateway of a cluster, is given.

Executors need nothing but the line's zip and JARs. No secret is on it: a driver takes them from its environment.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from lakeward.lake import functions, jars, jvm, logstore, package
from lakeward.lake.errors import LakewardError, UsageError
from lakeward.lake.s3 import S3
from lakeward.lake.session import settings
from lakeward.lake.store import is_local, scheme_of

SECRET = re.compile(r"secret|password|token|access[.]?key|credential(?!s[.]provider)", re.IGNORECASE)  # as Spark's own
REFERENCE = re.compile(r"^spark[.]kubernetes[.](driver|executor)[.](secretKeyRef|secrets)[.]")
"""Names a secret of Kubernetes, and holds none."""
SECRETS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "LAKEWARD_NOTIFY")
TOLD_TO_ALL = (
    "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_REGION", "AWS_DEFAULT_REGION", "AWS_ALLOW_HTTP",
    "LAKEWARD_S3_PATH_STYLE",
)  # fmt: skip
"""Variables that say where a store is; all that touches it must agree on them."""
DRIVER_VARIABLES = {"yarn": "spark.yarn.appMasterEnv", "k8s": "spark.kubernetes.driverEnv"}


@dataclass(frozen=True, slots=True)
class Submission:
    """What is submitted, and to whom.

    Args:
        words: what follows `lakeward run`.
        places: the lake and the landing zone, folders or URIs.
        master: Spark's master; by default `LAKEWARD_MASTER`, else what `spark-defaults.conf` says.
        is_cluster: the driver runs in the cluster too.
        conf: Spark settings of the user's own; they win over ours.
    """

    words: Sequence[str]
    places: Sequence[str]
    master: str | None = None
    is_cluster: bool = False
    conf: Mapping[str, str] = field(default_factory=dict)

    def command(self) -> list[str]:
        """Give the words of the line.

        Raises:
            UsageError: a secret would be on it, or the driver could not reach what it is to read.
            JarsMissing: set-up has not run.
        """
        chosen = settings(master=self.master)
        master = [] if chosen.sources["master"] == "default" else ["--master", chosen.master]
        if self.is_cluster:
            self._prove_reach(chosen.master)
        ours = {
            "spark.driver.memory": chosen.driver_memory,
            "spark.driver.extraJavaOptions": jvm.options(chosen.jvm, chosen.java_options, is_ours=False),
            **self._pythons(),
            **self._variables(chosen.master),
        }
        told = [word for key, value in (ours | dict(self.conf)).items() for word in ("--conf", f"{key}={value}")]
        line = [
            str(jars.spark_home() / "bin" / "spark-submit"), *master,
            *(["--deploy-mode", "cluster"] if self.is_cluster else []), "--name", "lakeward",
            "--jars", ",".join(map(str, self._jars())), "--py-files", str(package.zipped()), *told,
            str(Path(__file__).with_name("run.py")), *self.words,
        ]  # fmt: skip
        self._prove_secrecy(line)
        return line

    @property
    def _is_in_s3(self) -> bool:
        return any(scheme_of(place) in ("s3", "s3a") for place in self.places)

    def _pythons(self) -> dict[str, str]:
        workers = os.environ.get("PYSPARK_PYTHON")
        if self.is_cluster:
            return {"spark.pyspark.python": workers or "python3"}
        return {"spark.pyspark.driver.python": sys.executable, "spark.pyspark.python": workers or sys.executable}

    def _variables(self, master: str) -> dict[str, str]:
        if master.startswith("local"):
            return {}
        if self._is_in_s3:
            S3.from_environment()  # what a profile tells joins the environment
        told = {name: os.environ[name] for name in TOLD_TO_ALL if name in os.environ}
        conf = {f"spark.executorEnv.{name}": value for name, value in told.items()}
        if self.is_cluster:
            kept = ("LAKEWARD_JARS", "LAKEWARD_MASTER", *SECRETS)
            told |= {key: value for key, value in os.environ.items() if key.startswith("LAKEWARD_") and key not in kept}
            prefix = DRIVER_VARIABLES[master.partition(":")[0]]
            conf |= {f"{prefix}.{name}": value for name, value in sorted(told.items())}
        return conf

    def _jars(self) -> list[Path]:
        files = [*jars.paths(jars.DELTA), functions.jar()]
        if self._is_in_s3:
            files += [*jars.paths(jars.S3A), logstore.jar()]
        if self.is_cluster and not jars.missing(jars.LINEAGE):
            files += jars.paths(jars.LINEAGE)
        return files

    def _prove_reach(self, master: str) -> None:
        if master.partition(":")[0] not in DRIVER_VARIABLES:
            raise UsageError(
                f"a Python driver cannot run inside {master}",
                remedy="leave --deploy-mode out, or give --master yarn or k8s://…",
            )
        for place in filter(is_local, self.places):
            raise UsageError(
                f"a driver that runs in the cluster cannot see {place}",
                remedy="give --lake and --landing as s3a:// or hdfs:// addresses, or leave --deploy-mode out",
            )

    def _prove_secrecy(self, line: Sequence[str]) -> None:
        named = next((name for name in self.conf if SECRET.search(name) and not REFERENCE.match(name)), None)
        hidden = {name: value for name in SECRETS if (value := os.environ.get(name))}
        seen = next((name for name, value in hidden.items() if any(value in word for word in line)), None)
        if named or seen:
            raise UsageError(
                f"{named or seen} would be on the command line, where everybody on the machine can read it",
                remedy="keep secrets in the environment (docs/storage.md) or in Spark's own spark-defaults.conf",
            )


def shown(line: Sequence[str]) -> str:
    """Lay a line out for people and for shells: an option a line, whatever needs it in quotes."""
    words = [shlex.quote(word) for word in line]
    script = next(at for at, word in enumerate(line) if word.endswith("run.py"))
    options = [" ".join(words[at : at + 2]) for at in range(1, script, 2)]
    return " \\\n  ".join([words[0], *options, " ".join(words[script:])])


def submit(line: list[str]) -> NoReturn:
    """Become `spark-submit`: signals, output and exit code are its own from here on.

    Raises:
        LakewardError: there is none.
    """
    try:
        os.execv(line[0], line)  # noqa: S606 -- without a shell, by design
    except OSError as cause:
        raise LakewardError(
            f"{line[0]} cannot be started: {cause.strerror}", remedy="set SPARK_HOME to a Spark 4.2, or unset it"
        ) from cause
