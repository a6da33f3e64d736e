# %% [markdown]
# # 什麼時候、在哪裡會借不到 YouBike？
#
# **When and where will I find no bike?**
# 臺北市交通局的站點即時資料、戶政司的人口與警政署的車禍。
# Readings of the city's stations, people of the household registers, fatal crashes of the police.

# %%
import altair as alt
from IPython.display import Markdown

import lakeward as lw

# %load_ext lakeward
lake = lw.open()
bikes = lake["gold.bike_availability_district"]

districts = lake.sql("""
    select county_name, district_name as town_name, 100 * sum(empty_readings) / sum(readings) as empty_pct,
        100 * sum(full_readings) / sum(readings) as full_pct, max_by(docks_per_10k, date) as docks_per_10k,
        sum(fatal_crashes) as fatal_crashes, count(distinct date) as days, min(date) as first_on, max(date) as last_on
    from gold.bike_availability_district group by all order by empty_pct desc
""").df()
hours = lake.sql("""
    select hour(observed_at + interval 8 hour) as hour, 100 * avg((bikes = 0)::int) as empty_pct,
        case when is_day_off then '假日 day off' else '上班日 workday' end as kind, count(*)::int as readings
    from silver.traffic.bike_availability join gold.calendar_days on day_on = observed_on group by all order by hour
""").df()

worst, best = districts.iloc[0], districts.iloc[-1]
read = hours[hours["readings"] >= hours["readings"].median() / 4]
peak = read.nlargest(1, "empty_pct").iloc[0]
Markdown(f"""
**{worst.town_name}最難借**：{worst.first_on:%Y-%m-%d} 至 {worst.last_on:%Y-%m-%d} 之間的 {worst.days} 天，
每 100 次讀數有 {worst.empty_pct:.1f} 次無車；{best.town_name}只有 {best.empty_pct:.1f} 次。
最難的時段是{peak.kind.split()[0]} {peak.hour:.0f} 時，{peak.empty_pct:.1f}% 的站無車。

Stations of {worst.town_name} were empty in {worst.empty_pct:.1f} of 100 readings, of {best.town_name} in
{best.empty_pct:.1f}. The worst hour: {peak.hour:.0f}:00 on a {peak.kind.partition(" ")[2]}, {peak.empty_pct:.1f}%.

{bikes.doubts}
""")

# %%
lake.map(districts, "empty_pct", title="無車 empty (% of readings)")

# %% [markdown]
# ## 一天的節奏 The rhythm of a day
#
# 點越小，讀數越少，越不可靠。 The smaller a point, the fewer readings it rests on.

# %%
day = alt.Chart(hours).encode(
    x=alt.X("hour:O", title="時 hour, 臺灣時間 Taiwan time", axis=alt.Axis(labelAngle=0)),
    y=alt.Y("empty_pct:Q", title="無車 empty (% of readings)"),
    color=alt.Color("kind:N", title=None),
    tooltip=["kind", "hour", alt.Tooltip("empty_pct", format=".1f"), alt.Tooltip("readings", format=",")],
)
points = day.mark_circle(opacity=1).encode(size=alt.Size("readings:Q", title="讀數 readings"))
(day.mark_line(strokeWidth=1) + points).properties(width=600, height=260)

# %% [markdown]
# ## 借不到、還不了、車柱有多少 Empty, full, and how many docks

# %%
order = list(districts["town_name"])
both = districts.melt(["town_name", "docks_per_10k"], ["empty_pct", "full_pct"], "which", "pct")
both["which"] = both["which"].map({"empty_pct": "無車 empty", "full_pct": "無位 full"})
left = (
    alt.Chart(both)
    .mark_bar()
    .encode(
        x=alt.X("pct:Q", title="% of readings"),
        y=alt.Y("town_name:N", sort=order, title=None),
        yOffset="which:N",
        color=alt.Color("which:N", title=None),
        tooltip=["town_name", "which", alt.Tooltip("pct", format=".1f")],
    )
)
right = (
    alt.Chart(districts)
    .mark_bar(color="#9ecae9")
    .encode(
        x=alt.X("docks_per_10k:Q", title="每萬人車柱 docks per 10,000 people"),
        y=alt.Y("town_name:N", sort=order, title=None),
        tooltip=["town_name", alt.Tooltip("docks_per_10k", format=".0f")],
    )
)
left.properties(width=320, height=len(order) * 26) | right.properties(width=200, height=len(order) * 26)

# %% [markdown]
# ## 這些資料 The data

# %%
bikes

# %% [markdown]
# ## 不能回答什麼 What this cannot tell
#
# - 無車的讀數不是「有人借不到」：半夜的空站也算。 An empty reading is not a person left without a bike.
# - 整天整天缺資料，颱風天尤其少。 Whole days are missing, and days of typhoons have few readings.
# - 人口是登記的居民；白天來上班上學的人不在其中。 People are residents; those who come to work are not counted.
# - 校區不是行政區，沒有人口，也不在地圖上。 A campus is no district: it has no people and is not on the map.
#
# ## 引用 Cite

# %%
Markdown(bikes.citation)
