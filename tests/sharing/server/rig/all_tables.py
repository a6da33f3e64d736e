"""Reads every table that a profile grants with the official client, in its environment, and keeps what came as Parquet.

Run as `python all_tables.py PROFILE FOLDER`; each table lies in the folder by its format and name.
"""

from __future__ import annotations

import sys
from pathlib import Path

import delta_sharing


def main(profile: str, folder: Path) -> None:
    """Read them."""
    for table in delta_sharing.SharingClient(profile).list_all_tables():
        for form in ("parquet", "delta"):
            address = f"{profile}#{table.share}.{table.schema}.{table.name}"
            rows = delta_sharing.load_as_pandas(address, use_delta_format=form == "delta")
            (folder / form).mkdir(exist_ok=True)
            rows.to_parquet(folder / form / f"{table.name}.parquet")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
