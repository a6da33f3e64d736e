"""What clients of an S3 store say when it fails becomes an error that says what to do; what is no failure of it does not."""

from __future__ import annotations

import pytest

from lakeward.lake.errors import EXIT_LATER, LakewardError, StoreAway, UsageError
from lakeward.lake.s3 import S3, explained

SPARK = "An error occurred while calling o12.save.\n: org.apache.spark.SparkException: Job aborted\n"


class JvmError(Exception):
    """As PySpark's own: what the JVM said stands in its stack."""

    def __init__(self, stack: str) -> None:
        super().__init__("Job aborted")
        self._stackTrace = stack


@pytest.mark.parametrize(
    "failure",
    [
        OSError("Generic S3 error: Error performing PUT http://127.0.0.1:1/lake/x in 3s, after 6 retries"),
        JvmError(f"{SPARK}Caused by: org.apache.hadoop.fs.s3a.AWSClientIOException: PUT 0-byte object on x"),
        JvmError(f"{SPARK}Caused by: software.amazon.awssdk.core.exception.ApiCallTimeoutException: Client execution"),
        JvmError(f"{SPARK}Caused by: S3Exception: busy (Service: S3, Status Code: 503, Request ID: null)"),
        OSError("Response payload is not completed: <ContentLengthError: 400, message='Not enough data'>"),
        RuntimeError("the store does not say whether s3a://lake/x was written; look before writing again"),
    ],
)
def test_a_store_that_fails_is_told_and_ends_a_run_for_later(failure: Exception) -> None:
    with pytest.raises(StoreAway) as caught, explained("silver.police.fatal_crashes"):
        raise failure

    assert caught.value.exit_code == EXIT_LATER
    assert "silver.police.fatal_crashes" in str(caught.value) and "remedy: see that it answers" in str(caught.value)
    assert "PUT" not in str(caught.value)  # requests are not quoted


def test_a_failure_behind_another_one_is_found() -> None:
    with pytest.raises(StoreAway), explained("x"):
        try:
            raise OSError("Generic S3 error: HTTP error")
        except OSError as cause:
            raise ValueError("cannot read the log") from cause


def test_a_full_store_is_told_as_such() -> None:
    with pytest.raises(StoreAway, match="no room left") as caught, explained("x"):
        raise JvmError(f"{SPARK}S3Exception: (Service: S3, Status Code: 403, QuotaExceeded)")

    assert "free some space" in caught.value.remedy


@pytest.mark.parametrize(
    "failure",
    [
        JvmError(
            f"{SPARK}java.io.FileNotFoundException: s3a://lake/x\n\tat org.apache.hadoop.fs.s3a.S3AFileSystem.open"
        ),
        PermissionError(13, "Permission denied", "/landing/x.csv"),
        LakewardError("ours", remedy="nothing"),
        ZeroDivisionError(),
    ],
)
def test_what_is_no_failure_of_the_store_stays_what_it_is(failure: Exception) -> None:
    with pytest.raises(type(failure)) as caught, explained("x"):
        raise failure

    assert caught.value is failure


def test_patience_is_one_setting_for_all_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("LAKEWARD_S3_TIMEOUT", "7")
    store = S3.from_environment()

    assert store.for_spark()["spark.hadoop.fs.s3a.connection.timeout"] == "7s"
    assert store.for_fsspec()["config_kwargs"]["read_timeout"] == 7
    assert store.for_deltalake()["timeout"] == "7s"


@pytest.mark.parametrize("value", ["0", "soon", "-1"])
def test_a_patience_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("LAKEWARD_S3_TIMEOUT", value)

    with pytest.raises(UsageError, match="LAKEWARD_S3_TIMEOUT cannot be"):
        S3.from_environment()
