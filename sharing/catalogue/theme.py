"""What domains are called, and which theme of the EU's portal each belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from lakeward.sharing.catalogue.text import Text

THEMES = "http://publications.europa.eu/resource/authority/data-theme/"


@dataclass(frozen=True, slots=True)
class Theme:
    """A domain of tables.

    Args:
        title: what it is called.
        code: its theme among those that DCAT-AP asks for.
    """

    title: Text
    code: str

    @property
    def uri(self) -> str:
        """Give the address of its code."""
        return f"{THEMES}{self.code}"


DOMAINS = {
    "agriculture": Theme(Text("農業", "Agriculture"), "AGRI"),
    "culture": Theme(Text("文化", "Culture"), "EDUC"),
    "disaster": Theme(Text("防災", "Disasters"), "ENVI"),
    "education": Theme(Text("教育", "Education"), "EDUC"),
    "environment": Theme(Text("環境", "Environment"), "ENVI"),
    "food": Theme(Text("食品", "Food"), "HEAL"),
    "health": Theme(Text("健康", "Health"), "HEAL"),
    "maps": Theme(Text("地圖與人口", "Maps and people"), "REGI"),
    "police": Theme(Text("警政", "Police"), "JUST"),
    "traffic": Theme(Text("交通", "Traffic"), "TRAN"),
}


def theme(domain: str) -> Theme:
    """Give the theme of a domain; one of a user's own is called by its name."""
    return DOMAINS.get(domain) or Theme(Text(domain, domain.capitalize()), "GOVE")
