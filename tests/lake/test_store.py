"""From an address to a place, and what a store that has no folders makes of a folder; no store is asked."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, cast
from uuid import uuid4

import pytest
from pauses import no_pauses

from lakeward.lake import hdfs
from lakeward.lake.errors import LakewardError, TryAgainLater, UsageError
from lakeward.lake.objects import Objects, path_of
from lakeward.lake.s3 import BODY_TRIES, S3, TRIES
from lakeward.lake.session import session
from lakeward.lake.storage import Lake
from lakeward.lake.store import DISK, place, store_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

CEPH = S3("http://127.0.0.1:7480", "default", is_path_style=True)
SECRET = "s3cr3t-canary"
VARIABLES = ("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "PROFILE", "REGION", "DEFAULT_REGION")


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment that tells of no store."""
    from s3fs.core import S3FileSystem

    S3FileSystem.clear_instance_cache()  # those hold the keys that they found
    for name in (*VARIABLES, "ENDPOINT_URL", "ENDPOINT_URL_S3", "CA_BUNDLE"):
        monkeypatch.setenv(f"AWS_{name}", "")  # what the code under test sets is taken back too
        monkeypatch.delenv(f"AWS_{name}")
    monkeypatch.delenv("LAKEWARD_S3_PATH_STYLE", raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.fixture
def memory() -> Path:
    """A folder in a store that is no disk."""
    from upath import UPath

    return cast("Path", UPath(f"memory://{uuid4().hex}"))


def test_a_folder_is_a_path_whatever_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    assert place("a lake 湖") == place(f"file://{tmp_path}/a lake 湖") == tmp_path / "a lake 湖"
    assert Lake.at(str(tmp_path)).store is DISK


@pytest.mark.parametrize("where", ["s3://lake/a/b", "s3a://lake/a/b/"])
def test_both_names_of_the_scheme_are_one_place(where: str) -> None:
    assert str(path_of(where)) == "s3a://lake/a/b"


def test_names_below_a_bucket_stay_as_they_are() -> None:
    path = path_of("s3://lake/湖 1") / "a%20b" / "c?d#e"

    assert str(path) == "s3a://lake/湖 1/a%20b/c?d#e"
    assert path.path == "lake/湖 1/a%20b/c?d#e"


@pytest.mark.parametrize("where", ["ftp://host/x", "s3://", "s3:///folder", "gs://bucket"])
def test_an_address_of_no_store_is_refused(where: str) -> None:
    with pytest.raises(UsageError) as refused:
        place(where)

    assert "s3a://BUCKET" in refused.value.remedy


def test_an_address_with_a_secret_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError) as refused:
        place(f"s3a://key:{SECRET}@lake/x")

    assert SECRET not in str(refused.value)
    assert "AWS_SECRET_ACCESS_KEY" in refused.value.remedy


def test_each_world_is_told_of_the_same_store() -> None:
    spark, fsspec, deltalake = CEPH.for_spark(), CEPH.for_fsspec(), CEPH.for_deltalake()

    assert spark["spark.hadoop.fs.s3a.endpoint"] == CEPH.endpoint
    assert fsspec["client_kwargs"] == {"endpoint_url": CEPH.endpoint, "region_name": CEPH.region}
    assert deltalake["aws_endpoint_url"] == CEPH.endpoint
    assert spark["spark.hadoop.fs.s3a.endpoint.region"] == deltalake["aws_region"] == CEPH.region
    assert spark["spark.hadoop.fs.s3a.path.style.access"] == "true"
    assert fsspec["config_kwargs"]["s3"] == {"addressing_style": "path"}
    assert deltalake["aws_virtual_hosted_style_request"] == "false"
    assert spark["spark.hadoop.fs.s3a.connection.ssl.enabled"] == "false"
    assert deltalake["allow_http"] == "true"


def test_aws_needs_no_endpoint_and_is_spoken_to_by_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "ap-northeast-1")
    aws = S3.from_environment()

    told = {name: value for name, value in aws.for_spark().items() if "endpoint" in name or "path.style" in name}
    assert told == {
        "spark.hadoop.fs.s3a.path.style.access": "false",
        "spark.hadoop.fs.s3a.endpoint.region": "ap-northeast-1",
    }
    assert aws.for_deltalake()["allow_http"] == "false"
    assert "aws_endpoint_url" not in aws.for_deltalake()


def test_the_environment_says_where_the_store_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "https://elsewhere")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://rgw.example/")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "taipei")

    assert S3.from_environment() == S3("https://rgw.example", "taipei", is_path_style=True)
    monkeypatch.setenv("LAKEWARD_S3_PATH_STYLE", "0")
    assert not S3.from_environment().is_path_style


def test_an_endpoint_that_is_no_url_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "rgw.example:7480")

    with pytest.raises(UsageError, match="not a URL"):
        S3.from_environment()


def test_a_named_profile_joins_the_environment_and_no_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    (tmp_path / "config").write_text("[profile ceph]\nregion = taipei\nendpoint_url = http://rgw:7480\n")
    (tmp_path / "credentials").write_text(f"[ceph]\naws_access_key_id = me\naws_secret_access_key = {SECRET}\n")
    monkeypatch.setenv("AWS_PROFILE", "ceph")

    store = Objects.from_environment()

    assert store.settings == S3("http://rgw:7480", "taipei", is_path_style=True)
    assert (os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]) == ("me", SECRET)
    assert SECRET not in repr((store, store.for_spark, store.for_deltalake, path_of("s3://lake/x").storage_options))


def test_a_profile_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nowhere")

    with pytest.raises(UsageError, match="profile nowhere"):
        S3.from_environment()


def test_where_nothing_answers_it_is_said_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ENDPOINT_URL": "http://127.0.0.1:1",
        "ACCESS_KEY_ID": "me",
        "SECRET_ACCESS_KEY": SECRET,
    }.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    pauses = no_pauses(monkeypatch)

    with pytest.raises(TryAgainLater, match=r"no store answers at http://127\.0\.0\.1:1") as refused:
        Lake.at("s3://lake/x")

    assert SECRET not in str(refused.value)
    assert TRIES - 1 <= len(pauses) <= (TRIES - 1) * BODY_TRIES and sum(pauses) < 65


def test_without_credentials_the_variables_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")

    with pytest.raises(UsageError) as refused:
        Lake.at("s3://lake/x")

    assert "AWS_ACCESS_KEY_ID" in refused.value.remedy


def test_a_session_that_was_started_for_another_store_is_refused(spark: SparkSession) -> None:
    assert session("x", store=DISK) is spark

    with pytest.raises(LakewardError, match="another store"):
        session("x", store=Objects(CEPH))


def test_a_folder_is_put_file_by_file_and_the_one_that_counts_last(memory: Path) -> None:
    store = Objects(CEPH)
    with store.building(memory / "1.0", "manifest.json", is_new=True) as stage:
        (stage / "manifest.json").write_text("[]")
        (stage / "z.parquet").write_text("rows")
        assert not list(memory.glob("*"))

    made = {file.name: file.stat().st_mtime for file in (memory / "1.0").iterdir()}
    assert sorted(made, key=lambda name: made[name]) == ["z.parquet", "manifest.json"]


def test_what_another_run_put_is_never_written_over(memory: Path) -> None:
    store = Objects(CEPH)
    (memory / "1.0" / "manifest.json").write_text("theirs")
    (memory / "1.0" / "same.parquet").write_text("rows")

    with pytest.raises(FileExistsError), store.building(memory / "1.0", "manifest.json", is_new=True) as stage:
        (stage / "manifest.json").write_text("ours")
        (stage / "same.parquet").write_text("rows")

    assert (memory / "1.0" / "manifest.json").read_text() == "theirs"


def test_pages_that_are_made_anew_take_the_place_of_the_old(memory: Path) -> None:
    store = Objects(CEPH)
    for text in ("old", "new"):
        with store.building(memory / "site", "index.html", is_new=False) as stage:
            (stage / "index.html").write_text(text)

    assert (memory / "site" / "index.html").read_text() == "new"


def test_files_of_other_content_have_other_names() -> None:
    names = {Objects(CEPH).name_of("rain-00001.parquet", sha256 * 64) for sha256 in "ab"}

    assert names == {"rain-00001-aaaaaaaaaaaa.parquet", "rain-00001-bbbbbbbbbbbb.parquet"}


def test_what_others_write_is_put_at_the_end(memory: Path) -> None:
    events = memory / "_logs" / "a.jsonl"
    for line in ("one\n", "two\n"):
        with Objects(CEPH).filled_by_others(events) as file, file.open("a") as stream:
            stream.write(line)

    assert events.read_text() == "one\ntwo\n"


def test_a_path_outside_of_disks_is_an_objects(memory: Path) -> None:
    assert isinstance(store_of(memory), Objects)


def test_a_path_in_hdfs_is_written_with_its_name_node() -> None:
    root = hdfs.path_of("hdfs://namenode:8020/lakes/one/")

    assert str(root / "gold" / "x") == "hdfs://namenode:8020/lakes/one/gold/x"
    assert (root / "gold" / "x").relative_to(root).parts == ("gold", "x")
    assert isinstance(store_of(cast("Path", root)), hdfs.Hdfs)


def test_a_name_that_deltalake_would_quote_in_hdfs_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hdfs, "reached", hdfs.path_of)  # no NameNode is asked

    with pytest.raises(UsageError, match="may not hold a 湖"):
        Lake.at("hdfs://namenode:8020/湖")
    with pytest.raises(UsageError, match="no NameNode"):
        Lake.at("hdfs:///lakes/one")


def test_where_no_name_node_answers_it_is_said_soon() -> None:
    began = monotonic()

    with pytest.raises(TryAgainLater, match="no HDFS answers"):
        Lake.at("hdfs://127.0.0.1:1/lake")
    assert monotonic() - began < 60  # the client by itself gives up after three minutes
