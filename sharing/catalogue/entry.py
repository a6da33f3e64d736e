"""What the catalogue knows of one table: the model that every standard's exporter writes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from lakeward.sharing.catalogue.address import slug
from lakeward.sharing.catalogue.cadence import Cadence
from lakeward.sharing.catalogue.licence import Licence
from lakeward.sharing.catalogue.released import Release
from lakeward.sharing.catalogue.text import Text
from lakeward.sharing.catalogue.theme import Theme


@dataclass(frozen=True, slots=True)
class Field:
    """One column.

    Args:
        name: in the files.
        type: a Spark SQL type.
        title: what it is called; in Chinese where the declaration or the agency's header has it.
        description: one line in English.
        unit: the unit, where there is one.
        is_key: part of what makes a row unique.
        codes: the code list, code to words.
        privacy: open, personal or sensitive; empty where nobody has classed it.
        treated: what was done to personal values before they came into the table; None for all others.
    """

    name: str
    type: str
    title: Text
    description: str
    unit: str = ""
    is_key: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)
    privacy: str = ""
    treated: Text | None = None


@dataclass(frozen=True, slots=True)
class Origin:
    """A table that this one is made from.

    Args:
        name: its name.
        title: what it is called.
        agencies: whose data it is.
        licence: the terms it is given under.
        page: the agency's page on it; empty where none is known.
        is_direct: this table reads it; others are further up.
    """

    name: str
    title: Text
    agencies: tuple[Text, ...]
    licence: Licence
    page: str
    is_direct: bool


@dataclass(frozen=True, slots=True)
class Quality:
    """How a table's rules came out when they were last checked.

    Args:
        checked_at: the moment, ISO 8601 UTC.
        rules: how many rules.
        held: how many of them held.
        warned: how many broke that only warn.
        failed: how many broke that forbid publication.
        refused: batches that were refused.
    """

    checked_at: str
    rules: int
    held: int
    warned: int
    failed: int
    refused: int

    @property
    def passed(self) -> bool:
        """True when nothing forbade publication."""
        return not self.failed and not self.refused

    @property
    def verdict(self) -> Text:
        """Say how it came out."""
        told = Text(f"{self.rules} 條規則中 {self.held} 條成立", f"{self.held} of {self.rules} rules held")
        if self.passed:
            return told
        return Text(f"{told.zh}；未通過", f"{told.en}; not passed")


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the rows are about, in time and space.

    Args:
        first: the first day; None where no column tells days.
        last: the last day.
        place: the country or county.
        box: west, south, east, north in WGS84 degrees; None where rows have no positions.
    """

    first: date | None
    last: date | None
    place: Text
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One table of the catalogue.

    Args:
        name: its full name.
        title: what it is called.
        description: what it holds, in a few sentences; Chinese ones are put together from titles.
        grain: what one row is, in English; empty where the declaration does not say.
        limits: what it cannot tell, in English.
        theme: its domain.
        agencies: whose data it is made of.
        licences: the terms of all of it, each once.
        attributions: texts that a reuser must show.
        cadence: how often it is renewed.
        coverage: in time and space.
        fields: its columns.
        origins: what it is made from, however deep.
        page: the agency's page; empty for tables made of several.
        release: its newest release; None where nothing is published.
        quality: how its rules came out; None where they were never checked.
        is_made: rows of it rest on data that `lakeward sample` made up.
        share: the share in which it is read live; empty where it is not.
        decisions: who decided on terms that an agency does not state, and why.
    """

    name: str
    title: Text
    description: Text
    grain: str
    limits: str
    theme: Theme
    agencies: tuple[Text, ...]
    licences: tuple[Licence, ...]
    attributions: tuple[str, ...]
    cadence: Cadence
    coverage: Coverage
    fields: tuple[Field, ...]
    origins: tuple[Origin, ...]
    page: str
    release: Release | None
    quality: Quality | None
    is_made: bool
    share: str = ""
    decisions: tuple[str, ...] = ()

    @property
    def licence(self) -> Licence | None:
        """Give the one licence of the whole; None where parts are under others, or under none that has an address."""
        uris = {each.uri for each in self.licences}
        return self.licences[0] if len(uris) == 1 and self.licences[0].uri else None

    @property
    def rights(self) -> Text:
        """Say under which terms the parts stand, and what must be shown."""
        if not self.licences:
            return Text("不含機關資料，由程式產生。", "Made by a program; it holds no agency's data.")
        zh, en = "；".join(each.title.zh for each in self.licences), "; ".join(each.title.en for each in self.licences)
        shown = self.attributions and Text("；".join(self.attributions), "; ".join(self.attributions))
        credit = shown or self.credit
        decided = "; ".join(self.decisions)
        return Text(
            f"{zh}。請標示來源：{credit.zh}。" + (f"原機關未聲明授權者，依下列決定：{decided}。" if decided else ""),
            f"{en}. Name the source: {credit.en}."
            + (f" Decided where an agency is silent: {decided}." if decided else ""),
        )

    @property
    def credit(self) -> Text:
        """Name the agencies."""
        return Text("、".join(each.zh for each in self.agencies), "; ".join(each.en for each in self.agencies))

    @property
    def keywords(self) -> tuple[Text, ...]:
        """Give words to find it by: its domain, its agencies and what its columns measure."""
        measured = [each.title for each in self.fields if each.unit and each.title.zh != each.name]
        return tuple(dict.fromkeys((self.theme.title, *self.agencies, *measured)))

    @property
    def doubts(self) -> tuple[str, ...]:
        """Give what must be said before anyone uses it."""
        made = "made data: no agency's numbers; 虛構資料，非機關數據" if self.is_made else ""
        failed = f"quality: {self.quality.verdict.en}" if self.quality and not self.quality.passed else ""
        forced = f"released against its checks: {self.release.forced}" if self.release and self.release.forced else ""
        errata = [f"erratum 更正: {reason}" for reason in (self.release.errata if self.release else ())]
        return tuple(filter(None, (made, failed, forced, *errata)))

    @property
    def slug(self) -> str:
        """Give its name as addresses have it."""
        return slug(self.name)
