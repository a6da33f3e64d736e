"""Takes pictures of a portal's pages, light and dark, on a desk and on a phone, to be looked at.

python tests/sharing/portal/rig/screenshots.py SITE OUT [PAGE...]
"""

from __future__ import annotations

import sys
from pathlib import Path

from loopback import serving
from playwright.sync_api import sync_playwright

CHROMIUM = "/usr/bin/chromium"
SIZES = {"desk": (1280, 860), "phone": (390, 844)}
PAGES = ("index", "tables", "domains/health", "en/index")
FEW = 6


def take(site: Path, out: Path, pages: list[str]) -> int:
    """Take every picture; give how many."""
    out.mkdir(parents=True, exist_ok=True)
    taken = 0
    with serving(site) as served, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for size, (width, height) in SIZES.items():
            for theme in ("light", "dark"):
                page = browser.new_page(viewport={"width": width, "height": height}, color_scheme=theme)
                for name in pages:
                    page.goto(f"{served.url}/{name}.html")
                    page.screenshot(path=out / f"{name.replace('/', '-')}-{size}-{theme}.png", full_page=True)
                    taken += 1
                page.close()
        browser.close()
    return taken


def main() -> int:
    """Take pictures of the pages named, else of some of each kind."""
    site, out = Path(sys.argv[1]), Path(sys.argv[2])
    tables = sorted(f"tables/{path.stem}" for path in (site / "tables").glob("gold.*.html"))[:FEW]
    print(f"{take(site, out, sys.argv[3:] or [*PAGES, *tables])} pictures in {out}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
