"""The names of counties, where declarations have looked for them so far: see `pipelines/places/counties.py`."""

from lakeward.pipelines.places.counties import COUNTY_NAMES, FORMER_NAMES

__all__ = ["COUNTY_NAMES", "FORMER_NAMES"]
