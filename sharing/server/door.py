"""Who is let in: a bearer token of ours or of the agency's identity provider, and not too often."""

from __future__ import annotations

import time
from collections.abc import Mapping

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from lakeward.lake.errors import UsageError
from lakeward.sharing.server.issuer import Issuer
from lakeward.sharing.server.recipients import Directory, Recipient
from lakeward.sharing.server.refusals import too_many, unauthenticated

DOTS_OF_JWT = 2
LONGEST_TOKEN = 8192


class Door:
    """Lets recipients in.

    Args:
        directory: the recipients.
        issuer: the identity provider, if there is one.
        rate: requests of one recipient, as `600/minute`.
        wrong_rate: wrong tokens from one address, after which the answer is to wait. A right one is always taken.

    Raises:
        UsageError: a rate is none.
    """

    def __init__(
        self, directory: Directory, issuer: Issuer | None, rate: str = "600/minute", wrong_rate: str = "60/minute"
    ) -> None:
        self._directory, self._issuer = directory, issuer
        try:
            self._rate, self._wrong_rate = parse(rate), parse(wrong_rate)
        except ValueError as cause:
            raise UsageError(f"{rate} cannot be a rate", remedy="write it as 600/minute or 10/second") from cause
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    def admit(self, headers: Mapping[str, str], address: str) -> Recipient:
        """Give who asks.

        Raises:
            Refused: the token is missing or no good, or there were too many requests.
        """
        scheme, _, token = headers.get("authorization", "").partition(" ")
        who = self._known(token.strip()) if scheme.lower() == "bearer" else None
        if who is None:
            self._count(self._wrong_rate, address)
            raise unauthenticated()
        self._count(self._rate, who.id)
        return who

    def _known(self, token: str) -> Recipient | None:
        if len(token) > LONGEST_TOKEN:
            return None
        if self._issuer and token.count(".") == DOTS_OF_JWT:
            client = self._issuer.client_of(token)
            return self._directory.by_client(client) if client else None
        return self._directory.by_token(token)

    def _count(self, rate: object, whose: str) -> None:
        if not self._limiter.hit(rate, whose):  # type: ignore[arg-type]
            ends = self._limiter.get_window_stats(rate, whose).reset_time  # type: ignore[arg-type]
            raise too_many(max(1, round(ends - time.time())))
