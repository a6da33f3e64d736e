# %% [markdown]
# # 我住的地方淹水嗎？
#
# **Does it flood where I live?**
# 水利署的淹水通報點、運研所的界線與戶政司的人口。
# Reported floods of the water agency, outlines of the transport institute, people of the household registers.

# %%
import altair as alt
from IPython.display import Markdown

import lakeward as lw

# %load_ext lakeward
lake = lw.open()
floods, towns = lake["gold.flood_exposure_county"], lake["gold.town_profile"]

counties = lake.sql("""
    select county_name, sum(flood_points)::int as flood_points, sum(flood_points_per_100k) as per_100k
    from gold.flood_exposure_county group by county_name order by per_100k desc
""").df()
by_town = towns.pandas(
    columns=["county_name", "town_name", "flood_points", "flood_points_per_10k", "population"],
    where="flood_points_per_10k is not null",
).sort_values("flood_points", ascending=False)
years = floods.pandas()
worst, town = counties.iloc[0], by_town.iloc[0]
span = f"{years['year'].min()}–{years['year'].max()}"
Markdown(f"""
**{worst.county_name}最常通報**：{span} 年，每十萬人 {worst.per_100k:.0f} 次淹水通報，共 {worst.flood_points:,} 次。
鄉鎮市區中最多的是{town.county_name}{town.town_name}，{town.flood_points:,} 次。

{worst.county_name} has most reports of floods for its people, {worst.per_100k:.0f} per 100,000 in {span};
{town.county_name}{town.town_name} has most of all towns, {town.flood_points:,}.

{floods.doubts}
""")

# %%
lake.map(by_town[by_town["flood_points"] > 0], "flood_points_per_10k", title="每萬人通報 per 10,000", scheme="blues")

# %% [markdown]
# ## 哪一年淹得多 Which years were bad

# %%
alt.Chart(years).mark_rect().encode(
    x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)),
    y=alt.Y("county_name:N", sort=list(counties["county_name"]), title=None),
    color=alt.Color("flood_points_per_100k:Q", title="每十萬人 per 100,000", scale=alt.Scale(scheme="blues")),
    tooltip=["county_name", "year", "flood_points", "flood_places", alt.Tooltip("flood_points_per_100k", format=".1f")],
).properties(width=260)

# %% [markdown]
# ## 有地方避難嗎 Is there shelter?
#
# 消防署的避難收容處所，湖裡有時才畫。 Shelters of the fire agency, drawn where the lake holds them.

# %%
SHELTERS = "silver.disaster.shelters"
if SHELTERS in lake:
    beds = lake.sql(f"select county_name, sum(capacity)::int as capacity from {SHELTERS} group by all").df()
    told = counties.merge(beds, on="county_name").melt("county_name", ["capacity"], "what", "people")
    shown = (
        alt.Chart(told)
        .mark_bar()
        .encode(x=alt.X("people:Q", title="收容人數 people sheltered"), y=alt.Y("county_name:N", sort="-x", title=None))
    )
else:
    shown = Markdown("這個湖還沒有避難收容處所的資料。 This lake holds no list of shelters yet: nothing can be said.")
shown

# %% [markdown]
# ## 這些資料 The data

# %%
floods

# %% [markdown]
# ## 不能回答什麼 What this cannot tell
#
# - 通報不是淹水：人多、會通報的地方點就多，同一場水可能報好幾次。
#   Reports are not floods: where more people report, there are more; one flood may be told several times.
# - 灰色不代表安全，只代表沒有通報。 Grey does not mean safe, only that nobody reported.
# - 不知道水多深、多久，也不能預測明年。 Nothing tells how deep or how long, or what comes next year.
#
# ## 引用 Cite

# %%
Markdown("\n\n".join([floods.citation, towns.citation]))
