# %% [markdown]
# # 哪裡的路最危險？是雨的緣故嗎？
#
# **Where are roads deadliest, and is rain to blame?**
# 警政署的死亡車禍、氣象署的雨量、戶政司的人口，按縣市與日期合在一起看。
# Fatal crashes of the police, rain of the weather bureau and people of the household registers, by county and day.

# %%
import altair as alt
from IPython.display import Markdown

import lakeward as lw

# %load_ext lakeward
lake = lw.open()
crashes = lake["gold.road_safety_weather"]

counties = lake.sql("""
    select county_name, sum(deaths) as deaths, sum(deaths_per_100k) as deaths_per_100k,
        min(crash_on) as first_on, max(crash_on) as last_on
    from gold.road_safety_weather
    where year(crash_on) = (select max(year(crash_on)) from gold.road_safety_weather)
    group by county_name order by deaths_per_100k desc
""").df()
rain = lake.sql("""
    with stations as (
        select county_name, observed_on, sum(rain_mm) as rain_mm from silver.environment.hourly_weather
        group by county_name, observed_on, station_id
    ), days as (
        select county_name, observed_on, max(rain_mm) as rain_mm from stations
        where year(observed_on) in (select year(crash_on) from gold.road_safety_weather)
        group by county_name, observed_on having max(rain_mm) is not null
    ), told as (
        select days.*, coalesce(crashes, 0) as crashes, avg(coalesce(crashes, 0)) over (partition by days.county_name)
            as usual
        from days left join gold.road_safety_weather as crashed
            on crashed.county_name = days.county_name and crashed.crash_on = days.observed_on
    )
    select case when rain_mm = 0 then '0 mm' when rain_mm < 10 then '0–10 mm' else '≥ 10 mm' end as rain,
        count(*) as days, sum(crashes)::int as crashes, sum(usual) as usual_crashes
    from told group by rain order by min(rain_mm)
""").df()

first, last = counties["first_on"].min(), counties["last_on"].max()
worst, safest = counties.iloc[0], counties.iloc[-1]
told = "雨量與車禍在這個湖裡沒有共同的日子。 Rain and crashes share no day in this lake."
if len(rain) > 1 and rain["usual_crashes"].iloc[-1] > 0:
    wettest = rain.iloc[-1]
    change = wettest["crashes"] / wettest["usual_crashes"] - 1
    told = f"""
雨最大的日子（{wettest["rain"]}）死亡車禍比各縣市平常的日子**{"多" if change > 0 else "少"} {abs(change):.0%}**。
On days with the most rain ({wettest["rain"]}) there were {abs(change):.0%} **{"more" if change > 0 else "fewer"}**
fatal crashes than is usual in the same counties.
"""
Markdown(f"""
**{worst.county_name}最危險**：{first:%Y-%m-%d} 至 {last:%Y-%m-%d}，每十萬人有 {worst.deaths_per_100k:.1f} 人在車禍後
24 小時內死亡；最低的{safest.county_name}為 {safest.deaths_per_100k:.1f} 人。

{worst.county_name} is the deadliest county: {worst.deaths_per_100k:.1f} deaths per 100,000 people, against
{safest.deaths_per_100k:.1f} in {safest.county_name}.

{told}

{crashes.doubts}
""")

# %%
lake.map(counties, "deaths_per_100k", title="每十萬人死亡 deaths per 100,000")

# %% [markdown]
# ## 雨天與平常日 Rain against usual days
#
# 「平常」是同一縣市所有有雨量的日子的平均，所以多雨的縣市不會佔便宜。
# Usual is each county's own mean over all days whose rain is known, so that rainy counties weigh no more than others.

# %%
compared = rain.melt(["rain", "days"], ["crashes", "usual_crashes"], "which", "count")
compared["which"] = compared["which"].map({"crashes": "實際 observed", "usual_crashes": "平常 usual"})
alt.Chart(compared).mark_bar().encode(
    x=alt.X("count:Q", title="死亡車禍件數 fatal crashes"),
    y=alt.Y("which:N", title=None),
    color=alt.Color("which:N", title=None, legend=None),
    row=alt.Row("rain:N", sort=list(rain["rain"]), title="當日雨量 rain of the day"),
    tooltip=["rain:N", "days:Q", "which:N", alt.Tooltip("count:Q", format=",.0f")],
).properties(width=420, height=60)

# %% [markdown]
# ## 這些資料 The data

# %%
crashes

# %% [markdown]
# ## 不能回答什麼 What this cannot tell
#
# - 沒有人知道每條路上有多少車：鄉下縣市的高比率，也可能只是車開得遠、救護車到得晚。
#   Nobody knows how much is driven where: high rates of rural counties may come from distances and late ambulances.
# - 雨天車少，件數少不代表路安全。 In rain fewer people ride: fewer crashes do not mean safer roads.
# - 雨量是縣市內最濕的測站，不是車禍現場；沒有測站的縣市不在雨量的比較中。
#   Rain is that of the county's wettest station, not of the place; counties without a station are not compared.
#
# ## 引用 Cite

# %%
Markdown(crashes.citation)
