"""What the LogStore does when it is alone, when answers are lost, and where it must refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from proxy import Proxy
from stores import Store, class_path

from lakeward.lake import jars

FIRST = f"{0:020d}.json"
Write = Callable[..., None]


class Java(NamedTuple):
    """A JVM without Spark."""

    jvm: Any
    store: Store


@pytest.fixture(scope="module")
def java(cluster: Store, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Java]:
    from py4j.java_gateway import GatewayParameters, JavaGateway, launch_gateway

    on_path = class_path(tmp_path_factory.mktemp("java"))
    port, token = launch_gateway(
        classpath=on_path, java_path=str(jars.java()), die_on_exit=True, enable_auth=True, javaopts=["-Xmx512m"]
    )
    gateway = JavaGateway(gateway_parameters=GatewayParameters(port=port, auth_token=token))
    yield Java(gateway.jvm, cluster)
    gateway.shutdown()


@pytest.fixture
def write(java: Java, store: Store) -> Write:
    """Commit lines as the first version of the test's own table, as a driver of its own would."""

    def written(*lines: str, overwrite: bool = False, **settings: str) -> None:
        hadoop = java.jvm.org.apache.hadoop
        conf = hadoop.conf.Configuration()
        conf.set("fs.s3a.impl.disable.cache", "true")  # else the settings of the first file system stay
        for name, value in settings.items():
            conf.set(f"fs.s3a.{name.replace('_', '.')}", value)
        actions = java.jvm.java.util.ArrayList()
        for line in lines:
            actions.add(line)
        path = hadoop.fs.Path(f"{store.uri}/_delta_log/{FIRST}")
        java.jvm.io.lakeward.ConditionalLogStore(conf).write(path, actions.iterator(), overwrite, conf)

    return written


def _refusal(write: Write, *lines: str, **settings: str) -> tuple[str, str]:
    from py4j.protocol import Py4JJavaError

    with pytest.raises(Py4JJavaError) as caught:
        write(*lines, **settings)
    error = caught.value.java_exception
    return error.getClass().getSimpleName(), error.getMessage()


def test_a_version_is_written_once_and_whole(write: Write, store: Store) -> None:
    write("風", "雨")

    assert _refusal(write, "other")[0] == "FileAlreadyExistsException"
    assert store.read(f"_delta_log/{FIRST}") == "風\n雨\n"
    assert store.names("_delta_log") == [FIRST]


def test_what_delta_wants_replaced_is_replaced(write: Write, store: Store) -> None:
    write("old")
    write("new", overwrite=True)

    assert store.read(f"_delta_log/{FIRST}") == "new\n"


def test_a_commit_whose_answer_was_lost_is_known_as_ones_own(write: Write, store: Store) -> None:
    proxy = Proxy(store, loses=lambda method, path, earlier: method == "PUT" and path.endswith(FIRST) and not earlier)

    with proxy as endpoint:
        write("mine", endpoint=endpoint)

    assert [method for method, path in proxy.seen if path.endswith(FIRST)] == ["PUT", "PUT", "HEAD"]
    assert store.read(f"_delta_log/{FIRST}") == "mine\n"


def test_a_refusal_whose_answer_was_lost_is_still_a_refusal(write: Write, store: Store) -> None:
    write("theirs")
    proxy = Proxy(store, loses=lambda method, path, earlier: method == "PUT" and path.endswith(FIRST) and not earlier)

    with proxy as endpoint:
        assert _refusal(write, "mine", endpoint=endpoint)[0] == "FileAlreadyExistsException"

    assert store.read(f"_delta_log/{FIRST}") == "theirs\n"


def test_a_commit_that_nobody_can_vouch_for_is_not_called_lost_or_won(write: Write, store: Store) -> None:
    proxy = Proxy(store, loses=lambda method, path, earlier: path.endswith(FIRST))

    with proxy as endpoint:
        kind, message = _refusal(write, "mine", endpoint=endpoint, attempts_maximum="1", retry_limit="1")

    assert kind == "IOException"
    assert "does not say whether" in message


def test_a_commit_is_one_put_up_to_the_size_of_a_part(write: Write, store: Store) -> None:
    part = 5 << 20
    proxy = Proxy(store)

    with proxy as endpoint:
        kind, message = _refusal(write, "x" * (part - 1), endpoint=endpoint, multipart_size=str(part))
        assert store.names("_delta_log") == []
        write("x" * (part - 2), endpoint=endpoint, multipart_size=str(part))

    assert kind == "IOException"
    assert "spark.hadoop.fs.s3a.multipart.size" in message
    assert len(store.read(f"_delta_log/{FIRST}")) == part - 1
    assert [method for method, path in proxy.seen if FIRST in path] == ["PUT"]


def test_a_store_that_ignores_conditions_is_refused(write: Write, store: Store) -> None:
    with Proxy(store, forgets_conditions=True) as endpoint:
        kind, message = _refusal(write, "mine", endpoint=endpoint)

    assert kind == "IOException"
    assert "If-None-Match" in message
    assert "Ceph 16" in message
    assert store.names("_delta_log") == []


@pytest.mark.parametrize("on_disk", [False, True])
def test_a_small_file_is_whole_or_not_there(java: Java, store: Store, tmp_path: Path, on_disk: bool) -> None:
    from py4j.protocol import Py4JJavaError

    hadoop, folder = java.jvm.org.apache.hadoop, tmp_path.as_uri() if on_disk else store.uri
    files = java.jvm.io.lakeward.WholeFileManager(hadoop.fs.Path(folder), hadoop.conf.Configuration())
    place = hadoop.fs.Path(f"{folder}/a")

    def put(content: bytes, overwrite: bool) -> None:
        stream = files.createAtomic(place, overwrite)
        stream.write(content)
        stream.close()

    cancelled = files.createAtomic(place, False)
    cancelled.write(b"cut")
    cancelled.cancel()
    assert not files.exists(place)

    put(b"first", False)
    with pytest.raises(Py4JJavaError):
        put(b"second", False)
    assert files.open(place).readAllBytes() == b"first"
    put(b"third", True)
    assert files.open(place).readAllBytes() == b"third"


def test_a_small_file_costs_one_request(java: Java, store: Store) -> None:
    hadoop, proxy = java.jvm.org.apache.hadoop, Proxy(store)
    conf = hadoop.conf.Configuration()

    with proxy as endpoint:
        conf.set("fs.s3a.impl.disable.cache", "true")
        conf.set("fs.s3a.endpoint", endpoint)
        place = hadoop.fs.Path(f"{store.uri}/a")
        java.jvm.io.lakeward.WholeFileManager(place.getParent(), conf).createAtomic(place, False).close()

    assert [method for method, path in proxy.seen if path.endswith("/a")] == ["PUT"]
