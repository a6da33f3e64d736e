"""The page of what declarations are made of, from the docstrings of its classes."""

from __future__ import annotations

import inspect

from docstrings import told

from lakeward.lake import table, treatment
from lakeward.pipelines import dataset
from lakeward.pipelines.disclosure import Disclosure
from lakeward.quality import sums

COLUMNS = (table.Column, table.Cell, table.Open, table.Personal, table.Sensitive)
TREATMENTS = (treatment.Hashed, treatment.Generalised, treatment.Aggregated)
FIRST = ("Dataset", "Curated", "Source")


def pages(language: str) -> dict[str, str]:
    """Give the page."""
    names = sorted(dataset.__all__, key=lambda name: (FIRST.index(name) if name in FIRST else len(FIRST), name))
    classes = [each for name in names if inspect.isclass(each := getattr(dataset, name))]
    lines = [f"# {'宣告 Declarations' if language == 'zh' else 'Declarations'}", ""]
    for thing in dict.fromkeys((*classes, *COLUMNS, *TREATMENTS, Disclosure)):
        lines += told(thing.__name__, thing, 2)
    parts = sums.column_values_to_be_sum_of
    return {"reference/declarations.md": "\n".join([*lines, *told(f"sums.{parts.__name__}", parts, 2)])}
