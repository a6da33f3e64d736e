"""An S3 store's settings, taken once from the environment and told to each world in its own words.

Credentials are in the environment and nowhere else: Spark's JVM and its Python workers, s3fs and deltalake all look for
them there, so that no setting, table, plan or log holds them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from lakeward.lake.errors import LakewardError, StoreAway, TryAgainLater, UsageError

CONNECT_SECONDS, ANSWER_SECONDS = 5, 30
TRIES = 6
"""Of one request, each after twice the time of the one before: a store that restarts within 15 s is waited for."""
BODY_TRIES = 2
"""Of an answer that broke off in its middle."""
KEYS = "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
REFUSED = {
    "InvalidAccessKeyId": ("does not know the access key", KEYS),
    "SignatureDoesNotMatch": ("says that the secret does not fit the access key", KEYS),
    "ExpiredToken": ("says that the credentials are too old", f"get new ones, and {KEYS}"),
    "AccessDenied": ("does not let these credentials in", "ask who runs the store for the rights to read and write it"),
    "NoSuchBucket": ("has no such bucket", "make the bucket, or name another one"),
    "NotImplemented": ("cannot do what is asked", "take a store that can: Ceph 16 or newer, MinIO, AWS"),
}

FULL = re.compile(r"QuotaExceeded|InsufficientStorage|StorageFull|Status Code: 507")
AWAY = re.compile(
    r"awssdk\.core\.exception\.\w+|s3a\.AWS(?:ClientIO|Status500|ServiceThrottled|ServiceIO|ApiCallTimeout)\w*"
    r"|Status Code: 5\d\d|Generic S3 error|the store does not say whether|payload is not completed|total bytes expected"
)
"""What Spark's, deltalake's and s3fs's clients say when a store fails them after all tries, however it is wrapped."""


@dataclass(frozen=True, slots=True)
class S3:
    """Where the store is and how it is spoken to.

    Args:
        endpoint: its URL; empty for AWS. `http://` there means no TLS. `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL`.
        region: `AWS_REGION`, `AWS_DEFAULT_REGION`.
        is_path_style: the bucket stands in the path and not before the host's name; `LAKEWARD_S3_PATH_STYLE`, by
            default wherever an endpoint is given.
        answer_seconds: how long an answer is waited for before the request is sent again; `LAKEWARD_S3_TIMEOUT`.
    """

    endpoint: str
    region: str
    is_path_style: bool
    answer_seconds: int = ANSWER_SECONDS

    @classmethod
    def from_environment(cls) -> S3:
        """Read the settings; those of the profile named by `AWS_PROFILE` join the environment first."""
        _adopt_profile()
        told = os.environ
        endpoint = told.get("AWS_ENDPOINT_URL_S3") or told.get("AWS_ENDPOINT_URL") or ""
        region = told.get("AWS_REGION") or told.get("AWS_DEFAULT_REGION") or ""
        style = told.get("LAKEWARD_S3_PATH_STYLE", "1" if endpoint else "0")
        if endpoint and not endpoint.startswith(("http://", "https://")):
            raise UsageError(
                f"AWS_ENDPOINT_URL is not a URL: {endpoint}", remedy="write it as https://host or http://host:port"
            )
        patience = told.get("LAKEWARD_S3_TIMEOUT") or str(ANSWER_SECONDS)
        if not (patience.isdecimal() and int(patience)):
            raise UsageError(f"LAKEWARD_S3_TIMEOUT cannot be {patience}", remedy="it takes a whole number of seconds")
        return cls(
            endpoint.rstrip("/"),
            region or ("us-east-1" if endpoint else ""),
            style not in ("0", "false", "no"),
            int(patience),
        )

    def for_spark(self) -> dict[str, str]:
        """Give the settings of Hadoop's S3A."""
        told = {
            "path.style.access": str(self.is_path_style).lower(),
            "endpoint.region": self.region,
            "connection.establish.timeout": f"{CONNECT_SECONDS}s",
            "connection.timeout": f"{self.answer_seconds}s",
            "connection.request.timeout": f"{self.answer_seconds}s",
            # S3A tries again by itself, with pauses that grow; the SDK below it would multiply the tries.
            "attempts.maximum": "0",
            "retry.limit": str(TRIES),
            "retry.throttle.limit": str(TRIES),
            "retry.throttle.interval": "500ms",
        }
        if self.endpoint:
            told |= {
                "endpoint": self.endpoint,
                "connection.ssl.enabled": str(self.endpoint.startswith("https://")).lower(),
                # Without it Ceph answers 400 to every PUT of zero bytes.
                "s3.signing-algorithm": "AWS4UnsignedPayloadSignerType",
            }
        return {f"spark.hadoop.fs.s3a.{name}": value for name, value in told.items() if value}

    def for_fsspec(self) -> dict[str, Any]:
        """Give the arguments of s3fs."""
        config = {
            "s3": {"addressing_style": "path" if self.is_path_style else "auto"},
            "connect_timeout": CONNECT_SECONDS,
            "read_timeout": self.answer_seconds,
            "retries": {"mode": "standard", "max_attempts": TRIES},
            # Ceph does not know the checksums that botocore adds by itself.
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
        }
        client = {"endpoint_url": self.endpoint or None, "region_name": self.region or None}
        return {"client_kwargs": client, "config_kwargs": config, "use_listings_cache": False}

    def for_arrow(self) -> dict[str, Any]:
        """Give the arguments of Arrow's own client."""
        scheme, _, host = self.endpoint.rpartition("://")
        told = {
            "endpoint_override": host,
            "scheme": scheme,
            "region": self.region,
            "force_virtual_addressing": not self.is_path_style,
            "connect_timeout": CONNECT_SECONDS,
            "request_timeout": self.answer_seconds,
        }
        return {name: value for name, value in told.items() if value}

    def for_deltalake(self) -> dict[str, str]:
        """Give deltalake's storage options."""
        told = {
            "aws_endpoint_url": self.endpoint,
            "aws_region": self.region,
            "aws_virtual_hosted_style_request": str(not self.is_path_style).lower(),
            "aws_conditional_put": "etag",  # two writers of one version: the store refuses the second
            "allow_http": str(self.endpoint.startswith("http://")).lower(),
            "connect_timeout": f"{CONNECT_SECONDS}s",
            "timeout": f"{self.answer_seconds}s",
            "max_retries": str(TRIES),
            "backoff_config.init_backoff": "500ms",
        }
        return {name: value for name, value in told.items() if value}


@contextmanager
def explained(where: str) -> Iterator[None]:
    """Turn what a store or the way to it refuses into an error that says what to do.

    Raises:
        UsageError: the credentials, the bucket or the rights are wrong.
        TryAgainLater: nothing answers.
        StoreAway: it answered until now, or has no room.
    """
    try:
        yield
    except LakewardError:
        raise
    except Exception as cause:
        if (error := _explanation(where, cause)) is None:
            raise
        raise error from None  # the cause's own text may quote requests, with their signatures


def code_of(cause: BaseException | None) -> str:
    """Give S3's word for an error, such as `NoSuchBucket`; empty where there is none."""
    while cause is not None:
        answer = getattr(cause, "response", None)
        if isinstance(answer, Mapping):
            return str(answer.get("Error", {}).get("Code", ""))
        cause = cause.__cause__
    return ""


def _explanation(where: str, cause: Exception) -> LakewardError | None:
    from botocore.exceptions import (
        ConnectionError as Unreachable,
    )
    from botocore.exceptions import HTTPClientError, NoCredentialsError, PartialCredentialsError, ProfileNotFound

    if isinstance(cause, NoCredentialsError | PartialCredentialsError | ProfileNotFound):
        return UsageError(f"there are no whole credentials for {where}", remedy=KEYS)
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL") or "AWS"
    if isinstance(cause, Unreachable | HTTPClientError):
        return TryAgainLater(
            f"no store answers at {endpoint}", remedy="start it, or set AWS_ENDPOINT_URL to where it is", asked=where
        )
    code = code_of(cause)
    if code == "403":  # a HEAD has no words
        code = "AccessDenied"
    if not code and isinstance(cause, PermissionError) and cause.filename is None:  # with one, it is a local file
        code = "AccessDenied"
    if code not in REFUSED:
        return _failure(f"the store at {endpoint}", where, f"{code} {_words(cause)}")
    what, remedy = REFUSED[code]
    return UsageError(f"the store at {endpoint} {what}: {where}", remedy=remedy)


def _failure(store: str, where: str, said: str) -> StoreAway | None:
    """Say that a store failed in the middle of something, when that is what clients told."""
    if FULL.search(said):
        return StoreAway(
            f"{store} has no room left for {where}",
            remedy="free some space there, or ask for more, and run again; what was acknowledged is intact",
        )
    if found := AWAY.search(said) or re.match(r"(?:5\d\d|SlowDown|ServiceUnavailable|InternalError)\b", said):
        return StoreAway(
            f"{store} failed in the middle of work on {where}",
            remedy="see that it answers (`lakeward doctor --lake URI`), then run again: what was committed is kept",
            said=found[0],
        )
    return None


def _words(cause: BaseException | None) -> str:
    """Join what an error and those behind it say, of the JVM's also its stack, where their kinds stand."""
    said = []
    while cause is not None:
        said += [str(cause), str(getattr(cause, "_stackTrace", ""))]
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    return "\n".join(said)


def _adopt_profile() -> None:
    """Put what `AWS_PROFILE` names into the environment, where the JVM and its workers find it too."""
    profile = os.environ.get("AWS_PROFILE")
    if not profile or os.environ.get("AWS_ACCESS_KEY_ID"):
        return
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    try:
        session = Session(profile=profile)
        told, keys = session.get_scoped_config(), session.get_credentials()
    except BotoCoreError as cause:
        raise UsageError(
            f"the profile {profile} of AWS_PROFILE cannot be used", remedy="see ~/.aws/config and ~/.aws/credentials"
        ) from cause
    if keys is None:
        raise UsageError(f"the profile {profile} of AWS_PROFILE has no credentials", remedy=KEYS)
    frozen = keys.get_frozen_credentials()
    found = {
        "AWS_ACCESS_KEY_ID": frozen.access_key,
        "AWS_SECRET_ACCESS_KEY": frozen.secret_key,
        "AWS_SESSION_TOKEN": frozen.token,
        "AWS_REGION": told.get("region"),
        "AWS_ENDPOINT_URL": told.get("endpoint_url"),
    }
    for name, value in found.items():
        if value and not os.environ.get(name):
            os.environ[name] = value
