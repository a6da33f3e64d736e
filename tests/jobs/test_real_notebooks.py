"""Each notebook on the agencies' own files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from kernel import NOTEBOOKS, Kernel, problems

if TYPE_CHECKING:
    from tests.conftest import Built

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def kernel(built: Built) -> Iterator[Kernel]:
    started = Kernel(Path(str(built.lake.root)))
    yield started
    started.end()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_on_the_real_lake(kernel: Kernel, path: Path) -> None:
    assert not problems(path, kernel.run(path), is_made=False)
