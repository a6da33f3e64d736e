# %% [markdown]
# # 教學：讀、畫、引用 Tutorial: read, plot, cite
#
# **For analysts.** All tables by their names, in pandas, polars, DuckDB or SQL, without Spark. `lw.open()` takes the
# lake that `LAKEWARD_LAKE` names; `lw.open("s3://…")` or a sharing profile work the same.

# %%
import lakeward as lw
from lakeward.lake.errors import UsageError

# %load_ext lakeward
lake = lw.open()
lake.tables().head(12)

# %% [markdown]
# ## A table introduces itself
#
# Grain, columns with units, quality, release, licence, and what it cannot tell. Read it before the rows.

# %%
town = lake["gold.town_profile"]
town

# %% [markdown]
# ## Read what you need
#
# Columns and conditions go down to the files: what cannot match is not read.

# %%
big = town.pandas(columns=["county_name", "town_name", "population", "flood_points"], where="population > 0")
big.nlargest(5, "population")

# %%
town.polars(columns=["county_name", "population"]).group_by("county_name").sum().sort("population").tail(3)

# %% [markdown]
# ## Ask in SQL
#
# All tables at once. A cell that begins with `%%lake` is bare SQL; `%%lake rows <<` keeps the answer in `rows`.

# %%
# %%lake
# select county_name, year(crash_on) as year, sum(deaths)::int as deaths, any_value(population) as population
# from gold.road_safety_weather group by all order by deaths desc limit 5

# %% [markdown]
# In Python it is `lake.sql()`, and nothing is read before `.df()` asks for it.

# %%
lake.sql("select count(*) as days, sum(deaths)::int as deaths from gold.road_safety_weather where rain_mm > 0").df()

# %% [markdown]
# ## Plot and map
#
# `.plot()` adds up and draws; axes bear the columns' Chinese titles and units. `lake.map()` finds the outlines by the
# names of counties and towns, also of those before a merger.

# %%
lake["gold.flood_exposure_county"].plot("year", "flood_points")

# %%
lake.map(big, "population", title="人口 population")

# %% [markdown]
# ## The same numbers next year
#
# A release never changes: name it, and whoever repeats your work reads the same rows.

# %%
history = town.history()
history[["version", "at", "operation", "releases"]]

# %%
release = history["releases"].iloc[-1].split(", ")[0]
len(town.arrow(version=release)), len(town.arrow())

# %% [markdown]
# `town.changes(release)` gives the rows that differ since. `.lineage()` goes back to the agencies' columns and files,
# where the runs that made the lake recorded it:

# %%
try:
    told = town.lineage("flood_points")
except UsageError as unknown:
    told = unknown
told

# %% [markdown]
# ## Cite

# %%
from IPython.display import Markdown

Markdown(town.citation)
