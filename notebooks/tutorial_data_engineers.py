# %% [markdown]
# # 教學：加一個資料集 Tutorial: add a data set
#
# **For data engineers.** From a messy file to a declaration that lakeward can run. Nothing below starts Spark; the run
# at the end is one command for a terminal. The file is made up; its defects are not: a title above the header, days of
# 民國, a day that is none, a total below.

# %%
from pathlib import Path
from tempfile import mkdtemp

import lakeward as lw

lake = lw.open()
work = Path(mkdtemp(prefix="lakeward-tutorial-"))
delivery = work / "landing" / "culture" / "moe_libraries" / "libraries_made.csv"
declaration = work / "own" / "culture" / "libraries.py"
delivery.parent.mkdir(parents=True)
declaration.parent.mkdir(parents=True)
delivery.write_text("""公共圖書館一覽（虛構）,,
館名,開館日期,閱覽席位
示例一館,76.3.29,120
示例二館,105/08/01,0
示例三館,105/02/30,80
合計,,200
""")
print(delivery.read_text())

# %% [markdown]
# ## 1. Let the file speak
#
# `profile` finds the encoding, the header, the footer and the kinds of columns, and drafts the declaration.

# %%
# !lakeward profile {delivery} --landing {work}/landing --name culture.libraries --out {declaration}

# %% [markdown]
# ## 2. Say what only you know
#
# Names, units, the key, the agency, the rules. This is all there is to write: schema, documents, quarantine and plan
# come from it. [CONTRIBUTING.md](../CONTRIBUTING.md) lists what a column and a source can say.

# %%
declaration.write_text('''"""Public libraries, one row each."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Csv, Dataset, Snapshot, Source
from lakeward.quality import expect

LIBRARIES = Dataset(
    name="culture.libraries",
    title="Public libraries",
    title_zh="公共圖書館",
    agency="教育部 Ministry of Education",
    source=Source(
        files="culture/moe_libraries/*.csv",
        licence="not stated",
        cadence="yearly",
        format=Csv(encoding=("utf-8", "cp950"), header="^館名$", footers=("^合計",)),
    ),
    combine=Snapshot(),
    columns=(
        Column("library_name", "string", "name as registered", cell="館名", key=True),
        Column("opened_on", "date", "first day", cell="開館日期"),
        Column("seats", "int", "seats for readers", unit="seats", cell="閱覽席位"),
    ),
    suite=(
        expect.column_values_to_not_be_null("library_name"),
        expect.column_values_to_be_between("seats", 1, 5_000, severity="warning"),
    ),
    max_refused=0.5,
)
''')
print(declaration.relative_to(work))

# %% [markdown]
# ## 3. Ask what would happen

# %%
# !lakeward plan culture.libraries --pipelines {work}/own --landing {work}/landing --lake {work}/lake

# %% [markdown]
# ## 4. Run it
#
# In a terminal, with the same options: `lakeward run culture.libraries …`. Then `lakeward show culture.libraries` has
# two rows. The third, of 30 February, lies in quarantine as it was delivered, with its reason; the library without
# seats is kept and told as a warning.
#
# ## 5. Look after it
#
# What a lake refused, and why, are tables like all others. Here are the data sets of this lake with most refused rows.

# %%
lake.sql("""
    select table_name, sum(rows_read)::bigint as read, sum(rows_quarantined)::bigint as refused
    from _runs where rows_read > 0 group by all order by refused desc, read desc limit 8
""").df()

# %% [markdown]
# How each rule of a table came out last time:

# %%
lake["silver.police.fatal_crashes"].quality().head(8)

# %% [markdown]
# ## What this cannot show
#
# A licence is a person's decision: `licence="not stated"` keeps every table made from it from being published until
# someone decides, in writing, beside the declaration ([docs/releases.md](../docs/releases.md), Terms).

# %%
import shutil

shutil.rmtree(work)
