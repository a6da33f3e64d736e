"""Put what is built from `lake/java` into the wheel, where it can be built."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class JavaHook(BuildHookInterface):  # type: ignore[type-arg]
    """Compiles `lake/java`; a wheel goes without what is not compiled, and `lakeward setup` makes up for it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the JARs beside the modules that use them."""
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root, "src")))
        from lakeward.lake import functions, logstore
        from lakeward.lake.errors import LakewardError

        for build in (functions.jar, logstore.build):
            try:
                jar = build()
            except LakewardError as error:
                self.app.display_warning(f"This wheel lacks a JAR: {error}")
            else:
                build_data["force_include"][str(jar)] = f"lakeward/lake/{jar.name}"
