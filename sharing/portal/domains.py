"""The domains of tables, the ten clouds: what each is called and drawn as."""

from __future__ import annotations

from dataclasses import dataclass

from lakeward.sharing.catalogue.text import Text
from lakeward.sharing.catalogue.theme import theme


@dataclass(frozen=True, slots=True)
class Domain:
    """One domain.

    Args:
        name: the folder of its declarations.
        about: what is found in it.
        icon: strokes of its picture, an SVG path in a box of 24.
    """

    name: str
    about: Text
    icon: str

    @property
    def title(self) -> Text:
        """Give what it is called."""
        return theme(self.name).title


DOMAINS = (
    Domain(
        "health",
        Text("登革熱、病媒蚊、醫療機構", "Dengue, mosquitoes, clinics"),
        "M12 20s-7-4.6-7-10a4 4 0 0 1 7-2.6A4 4 0 0 1 19 10c0 5.4-7 10-7 10zM8.5 12h2l1-2.5 1.5 4 1-1.5h1.5",
    ),
    Domain(
        "food",
        Text("邊境查驗、食品添加物", "Border inspections, additives"),
        "M4 11h16a8 8 0 0 1-16 0zM8 20h8M9 8c0-2 1.5-2 1.5-4M14 8c0-2 1.5-2 1.5-4",
    ),
    Domain(
        "police",
        Text("交通事故、竊盜、詐騙、監視器", "Crashes, burglaries, fraud, cameras"),
        "M12 3l7 3v5c0 5-3 8-7 10-4-2-7-5-7-10V6zM9 12l2 2 4-4",
    ),
    Domain(
        "environment",
        Text("氣象觀測、空氣品質", "Weather, air quality"),
        "M7 18a4 4 0 1 1 .6-7.95A5.5 5.5 0 0 1 18 11a3.5 3.5 0 0 1 0 7z",
    ),
    Domain(
        "agriculture",
        Text("農產品行情、農業氣象", "Crop prices, weather at farms"),
        "M12 21V10M12 12c-5 0-7-3-7-7 5 0 7 3 7 7zM12 15c4 0 6.5-2 7-6-4.5 0-7 2-7 6z",
    ),
    Domain(
        "traffic",
        Text("公共自行車、捷運", "Shared bikes, metro"),
        "M6 4h12v11H6zM6 9.5h12M9 19l-1.5 2M15 19l1.5 2M7 15v2h10v-2M9 12.5h.01M15 12.5h.01",
    ),
    Domain(
        "maps",
        Text("界線、村里、人口、代碼", "Boundaries, villages, people, codes"),
        "M12 21s-6-5.3-6-10.5a6 6 0 0 1 12 0C18 15.7 12 21 12 21zM12 8.5v4M10 10.5h4",
    ),
    Domain(
        "disaster",
        Text("淹水、地震、避難處所", "Floods, earthquakes, shelters"),
        "M4 18c2 0 2-1.5 4-1.5S10 18 12 18s2-1.5 4-1.5S18 18 20 18M5 13l7-7 7 7M8 11v2.5M16 11v2.5",
    ),
    Domain(
        "education",
        Text("學校、教育程度", "Schools, levels of education"),
        "M3 9l9-4 9 4-9 4zM7 11v5c2.5 2 7.5 2 10 0v-5M21 9v5",
    ),
    Domain(
        "culture",
        Text("展覽活動、宗教場所", "Exhibitions, places of worship"),
        "M3 10c3-.5 6-2 9-5 3 3 6 4.5 9 5M6 10v9M18 10v9M10 19v-5h4v5M4 19h16",
    ),
)  # fmt: skip
KNOWN = {domain.name: domain for domain in DOMAINS}
CIRCLE = "M12 4a8 8 0 1 1 0 16 8 8 0 0 1 0-16z"


def domain(name: str) -> Domain:
    """Describe a domain; one of a user's own by its name alone."""
    return KNOWN.get(name) or Domain(name, Text("", ""), CIRCLE)
