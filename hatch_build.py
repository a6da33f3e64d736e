"""Put the built LogStore into the wheel, where it can be built."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class LogStoreHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles `lake/java`; a wheel made where no JDK is goes without, and `lakeward setup --s3` makes up for it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the JAR beside `lake/logstore.py`."""
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root, "src")))
        from lakeward.lake import logstore
        from lakeward.lake.errors import LakewardError

        try:
            jar = logstore.build()
        except LakewardError as error:
            self.app.display_warning(f"This wheel carries no LogStore for S3 stores: {error}")
        else:
            build_data["force_include"][str(jar)] = f"lakeward/lake/{jar.name}"
