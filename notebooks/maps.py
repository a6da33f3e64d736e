# %% [markdown]
# # 臺灣哪裡老得最快、少得最多？
#
# **Where is Taiwan growing old, and where is it emptying?**
# 戶政司的村里人口與出生死亡，配上交通部運研所繪製的鄉鎮界線。
# People, births and deaths of the household registers on the outlines of towns drawn by the transport institute.

# %%
import altair as alt
from IPython.display import Markdown

import lakeward as lw

# %load_ext lakeward
lake = lw.open()
people = lake["maps.village_population"]

towns = lake.sql("""
    select county_name, town_name, counted_on, sum(population)::int as population,
        100 * sum(over_64) / sum(under_15 + from_15_to_64 + over_64) as over_64_pct
    from silver.maps.village_population
    where counted_on = (select max(counted_on) from silver.maps.village_population where over_64 is not null)
    group by all having sum(population) > 0 order by over_64_pct desc
""").df()
counties = lake.sql("""
    with counted as (
        select county_name_today as county_name, counted_on, sum(population) as population
        from silver.maps.village_population join gold.counties on county_code = left(village_code, 5)
        group by all
    )
    select county_name, min(counted_on) as first_on, max(counted_on) as last_on,
        100 * (max_by(population, counted_on) / min_by(population, counted_on) - 1) as change_pct
    from counted where population > 0 group by county_name order by change_pct
""").df()

oldest, shrinking, growing = towns.iloc[0], counties.iloc[0], counties.iloc[-1]
Markdown(f"""
**最老的是{oldest.county_name}{oldest.town_name}**：{oldest.counted_on:%Y-%m-%d}，每 100 人有
{oldest.over_64_pct:.0f} 人滿 65 歲。從 {shrinking.first_on:%Y-%m} 到 {shrinking.last_on:%Y-%m}，
{shrinking.county_name}的人口變動 {shrinking.change_pct:+.1f}%，{growing.county_name} {growing.change_pct:+.1f}%。

The oldest town is {oldest.county_name}{oldest.town_name}: {oldest.over_64_pct:.0f} of 100 people are 65 or older.
{shrinking.county_name} changed by {shrinking.change_pct:+.1f}% between the first and the last count on file,
{growing.county_name} by {growing.change_pct:+.1f}%.

{people.doubts}
""")

# %%
lake.map(towns, "over_64_pct", title="65 歲以上 (%)")

# %% [markdown]
# ## 人口增減 Growing and shrinking

# %%
lake.map(counties, "change_pct", title="人口變動 change (%)")

# %% [markdown]
# ## 出生與死亡 Births and deaths
#
# 戶政司逐月公布的村里出生與死亡，取最新一個月。 By village and month, the newest month on file.

# %%
vital = lake.sql("""
    select county_name, counted_on, sum(births)::int as "出生 births", sum(deaths)::int as "死亡 deaths"
    from silver.maps.vital_statistics
    where counted_on = (select max(counted_on) from silver.maps.vital_statistics) group by all
""").df()
order = list(vital.assign(gap=vital["出生 births"] - vital["死亡 deaths"]).sort_values("gap")["county_name"])
alt.Chart(vital.melt(["county_name", "counted_on"], var_name="kind", value_name="people")).mark_circle(size=90).encode(
    x=alt.X("people:Q", title=f"人 people, {vital['counted_on'].max():%Y-%m}"),
    y=alt.Y("county_name:N", sort=order, title=None, axis=alt.Axis(grid=True)),
    color=alt.Color("kind:N", title=None),
    tooltip=["county_name", "kind", "people"],
).properties(width=520)

# %% [markdown]
# ## 這些資料 The data

# %%
people

# %% [markdown]
# ## 不能回答什麼 What this cannot tell
#
# - 戶籍不是居住地：許多人登記在老家，住在城市。 People are counted where they are registered, not where they live.
# - 只看得到交付的那幾次計數；中間的年份不是沒變。 Only the counts that were delivered are known.
# - 一個月的出生與死亡隨季節起伏，不能乘以 12。 Births and deaths of one month go with the season: do not multiply.
# - 界線是 2010 年縣市合併前繪製的，以今日的名稱對應。 Outlines were drawn before the mergers and go by names of today.
#
# ## 引用 Cite

# %%
Markdown(people.citation)
