"""What an S3 client waits between its tries, noted and not waited for."""

from __future__ import annotations

import pytest


def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Have every try follow the last at once; give the seconds that would have passed, as they come."""
    pauses: list[float] = []

    async def noted(_: object, seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr("aiobotocore.endpoint.AioEndpoint._sleep", noted)
    return pauses
