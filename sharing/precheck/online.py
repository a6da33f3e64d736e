"""The six flags of a file that is on the web already: asked for as the portal does, then judged as any other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from lakeward.lake.download import download
from lakeward.lake.errors import DeliveryRefused, LakewardError, TryAgainLater
from lakeward.lake.web import Limits
from lakeward.sharing.catalogue.text import Text
from lakeward.sharing.precheck.finding import FLAGS, Described, Finding
from lakeward.sharing.precheck.precheck import UNKNOWN, precheck

LIMITS = Limits(max_bytes=1 << 30, total_s=600, tries=2, length_required=False)


def precheck_online(url: str, described: Described, *, allow_private: bool = False) -> tuple[Finding, ...]:
    """Download a file and find its six flags; what its address answers decides the first.

    Args:
        url: http or https.
        described: what the portal's form says of it.
        allow_private: also ask loopback, private and reserved addresses.

    Raises:
        UsageError: the address is none that can be asked.
    """
    with TemporaryDirectory(prefix="lakeward-") as folder:
        try:
            got = download(url, Path(folder), limits=LIMITS, allow_private=allow_private)
        except (DeliveryRefused, TryAgainLater) as refusal:
            return _not_got(refusal)
        found = precheck(got.path, replace(described, url=url), is_named=False)
    answers = Text(f"有回應，{got.bytes:,} 位元組", f"it answers, with {got.bytes:,} bytes")
    return tuple(replace(each, told=answers) if each.flag == "linkable" and each.is_met else each for each in found)


def _not_got(refusal: LakewardError) -> tuple[Finding, ...]:
    told = Text(f"沒有取得檔案：{refusal.problem}", refusal.problem)
    mend = Text("請確認網址不需登入、可直接下載檔案", "see that the address gives the file itself, to anyone")
    lost = {flag: Finding(flag, False, told, mend) for flag in ("linkable", "downloadable")}
    return tuple(lost.get(flag, Finding(flag, None, UNKNOWN)) for flag in FLAGS)
