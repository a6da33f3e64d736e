# %% [markdown]
# # 哪裡最熱、哪裡雨最大？有多少人的縣市沒有氣象站？
#
# **Where is it hottest and wettest, and how many people live in a county without a weather station?**
# 氣象署的逐時觀測與戶政司的人口。 Hourly readings of the weather bureau beside people of the household registers.

# %%
import altair as alt
from IPython.display import Markdown

import lakeward as lw

# %load_ext lakeward
lake = lw.open()
weather = lake["environment.hourly_weather"]

stations = lake.sql("""
    with days as (
        select station_id, county_name, any_value(lon_deg) as lon_deg, any_value(lat_deg) as lat_deg, observed_on,
            max(temperature_c) as hottest_c, sum(rain_mm) as rain_mm
        from silver.environment.hourly_weather group by station_id, county_name, observed_on
    )
    select station_name, days.county_name, any_value(days.lon_deg) as lon_deg, any_value(days.lat_deg) as lat_deg,
        100 * avg((hottest_c >= 33)::int) as hot_days_pct, 100 * avg((rain_mm >= 80)::int) as heavy_rain_days_pct,
        max(rain_mm)::double as wettest_mm, max_by(observed_on, rain_mm) as wettest_on, max(hottest_c) as hottest_c,
        min(observed_on) as first_on, max(observed_on) as last_on
    from days join silver.environment.weather_stations as known using (station_id)
    group by station_id, station_name, days.county_name
    having max(rain_mm) is not null and max(hottest_c) is not null order by hot_days_pct desc
""").df()
people = lake.sql("""
    select county_name, sum(population)::int as population,
        county_name in (select county_name from silver.environment.hourly_weather) as has_station
    from silver.maps.village_population
    where counted_on = (select max(counted_on) from silver.maps.village_population) group by county_name
""").df()

hot, wet = stations.iloc[0], stations.nlargest(1, "wettest_mm").iloc[0]
without = people[~people["has_station"]]
share = without["population"].sum() / people["population"].sum()
Markdown(f"""
**{hot.station_name}（{hot.county_name}）最常熱過 33°C**：{hot.first_on:%Y-%m-%d} 至 {hot.last_on:%Y-%m-%d}，
每 100 天有 {hot.hot_days_pct:.0f} 天。一天雨最大的是{wet.station_name}，
{wet.wettest_on:%Y-%m-%d}，{wet.wettest_mm:.0f} 毫米。
**{share:.0%} 的人**住在這份資料沒有測站的縣市：{"、".join(without["county_name"]) or "無"}。

{hot.station_name} in {hot.county_name} was above 33°C on {hot.hot_days_pct:.0f} of 100 days; the most rain of one day,
{wet.wettest_mm:.0f} mm, fell at {wet.station_name} on {wet.wettest_on:%Y-%m-%d}. {share:.0%} of all people live in
counties of which these files hold no station.

{weather.doubts}
""")

# %%
lake.map(
    stations.drop(columns="county_name"), "heavy_rain_days_pct", title="日雨量 ≥ 80 mm (% of days)", scheme="plasma"
)

# %% [markdown]
# ## 一年怎麼熱起來 How a year warms up
#
# 各縣市逐月的平均每日最高溫；灰白的格子沒有讀數。 Mean daily maximum by county and month; gaps have no readings.

# %%
months = lake.sql("""
    with days as (
        select county_name, observed_on, max(temperature_c) as hottest_c from silver.environment.hourly_weather
        group by county_name, observed_on, station_id
    )
    select county_name, date_trunc('month', observed_on) as month, avg(hottest_c) as mean_hottest_c
    from days where hottest_c is not null group by all
""").df()
warmest = list(months.groupby("county_name")["mean_hottest_c"].mean().sort_values(ascending=False).index)
alt.Chart(months).mark_rect().encode(
    x=alt.X("yearmonth(month):O", title=None),
    y=alt.Y("county_name:N", sort=warmest, title=None),
    color=alt.Color("mean_hottest_c:Q", title="°C", scale=alt.Scale(scheme="redyellowblue", reverse=True)),
    tooltip=["county_name", "yearmonth(month)", alt.Tooltip("mean_hottest_c", format=".1f")],
).properties(width=600)

# %% [markdown]
# ## 沒有測站的人 People without a station

# %%
lake.map(
    people.assign(station=people["has_station"].map({True: "有 yes", False: "無 no"})),
    "station",
    title="有測站 has a station",
    scheme="set2",
)

# %% [markdown]
# ## 這些資料 The data

# %%
weather

# %% [markdown]
# ## 不能回答什麼 What this cannot tell
#
# - 測站是點，縣市是面：山上與海邊不一樣。 A station is a point: hills and coast of one county differ.
# - 沒有測站只指這份交付的檔案；氣象署另有自動雨量站。
#   Without a station means in the files delivered; the bureau also has automatic gauges that are not here.
# - 期間只有幾年，不足以談氣候變遷。 A few years say nothing of the climate.
#
# ## 引用 Cite

# %%
Markdown("\n\n".join([weather.citation, lake["maps.village_population"].citation]))
