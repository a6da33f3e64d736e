"""The open-government data lakehouse: agency files in, trusted cross-agency tables out.

```python
import lakeward as lw

lake = lw.open("./lake")
lake["gold.dengue_village"].pandas(where="year = 2015")
```
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from os import PathLike

    from lakeward.sharing.reader.lake import OpenLake
    from lakeward.sharing.reader.shared import OpenShares

__all__ = ["__version__", "load_ipython_extension", "open"]
__version__ = "0.1.0"


def open(where: str | PathLike[str] = "", *, pipelines: str = "") -> OpenLake | OpenShares:  # noqa: A001 - `lw.open`
    """Open a lake, or what a share's profile grants, to read.

    Args:
        where: a folder, `s3://BUCKET/FOLDER`, `hdfs://HOST:PORT/FOLDER`, or the file of a sharing profile; by default
            `LAKEWARD_LAKE`, else `./lake`.
        pipelines: a folder or package of your own declarations; by default `LAKEWARD_PIPELINES`.

    Raises:
        UsageError: there is no lake and no profile.
    """
    from lakeward.sharing.reader import opening

    return opening.opened(str(where), pipelines)


def load_ipython_extension(shell: object) -> None:
    """Let `%load_ext lakeward` bring `%%lake` to a notebook."""
    from lakeward.sharing.reader import magic

    magic.register(shell)
