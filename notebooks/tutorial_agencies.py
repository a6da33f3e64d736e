# %% [markdown]
# # 教學：取用、驗證、分享 Tutorial: take, verify, share
#
# **For agencies that use others' data.** A release is a folder of files that any tool reads. This notebook reads it
# without lakeward, and only then asks lakeward to check it.

# %%
import hashlib
import json

import pandas as pd

import lakeward as lw

lake = lw.open()
published = lake.lake.root / "published" / "town_profile"
newest = json.loads((published / "latest.json").read_text())["release"]
folder = published / newest
sorted(path.name for path in folder.iterdir())

# %% [markdown]
# ## Take an extract
#
# Parquet for tools, a CSV and a workbook for Excel: the same rows.

# %%
rows = pd.read_parquet(folder / "town_profile.parquet")
extract = rows[rows["population"] > rows["population"].median()]
extract.head(3)

# %% [markdown]
# ## Check it with nothing but a checksum
#
# `SHA256SUMS` lists every file; `sha256sum -c SHA256SUMS` in that folder does this in a terminal.

# %%
listed = dict(line.split(maxsplit=1)[::-1] for line in (folder / "SHA256SUMS").read_text().splitlines())
{name: hashlib.sha256((folder / name.lstrip("*")).read_bytes()).hexdigest() == told for name, told in listed.items()}

# %% [markdown]
# ## Check all of it
#
# Checksums, signatures where the publisher signs, row counts, columns and pointers. Anything that is not right ends
# with exit code 65.

# %%
# !lakeward verify {published}

# %% [markdown]
# ## What it rests on
#
# The manifest names each delivery by its sha256, the terms of each source, and the verdict of the rules.

# %%
manifest = json.loads((folder / "manifest.json").read_text())
pd.Series(manifest["inputs"], name="version").rename_axis("made from").reset_index()

# %%
manifest["licence"], manifest["rows"], manifest["is_made"]

# %% [markdown]
# ## Live, without copies
#
# Ask the publisher for a profile, the file of a recipient. It is a secret: keep it as you keep a password.
#
# ```python
# shared = lw.open("taipei.share")
# shared["police.gold.road_safety_weather"].pandas(where="deaths > 1")
# ```
#
# Excel's Power Query, Power BI, DuckDB, Spark and the `delta-sharing` client read the same profile
# ([docs/sharing.md](../docs/sharing.md)).
#
# ## When something turns out wrong
#
# A release is never changed: it is withdrawn or gets an erratum, and `published/feed.xml` tells so. `lakeward verify`
# says it too. Subscribe to the feed.
#
# ## What a check cannot tell
#
# Checksums tell harm, not forgery: against that, check the signature with the publisher's key from a place you trust
# (`lakeward verify … --key`). And none of it tells whether the agency's numbers are right: for that there are the rules
# that each table passed, and its list of what it cannot say.

# %%
lake["gold.town_profile"].quality().head(8)
