# %% [markdown]
# # 下雨之後，菜會變貴嗎？
#
# **Do vegetables cost more after rain?**
# 農糧署的批發行情與氣象署農業氣象站的雨量，逐月放在一起。
# Wholesale prices of the Agriculture and Food Agency beside rain at farm stations, month by month.

# %%
import altair as alt
from IPython.display import Markdown

import lakeward as lw

# %load_ext lakeward
lake = lw.open()
prices = lake["gold.crop_price_weather"]

months = lake.sql("""
    with busiest as (
        select market_code, crop_code from gold.crop_price_weather group by market_code, crop_code
        order by count(rain_mm_month_before) desc, sum(trading_days) desc, market_code, crop_code limit 1
    )
    select * from gold.crop_price_weather semi join busiest using (market_code, crop_code) order by month
""").df()
read = months.dropna(subset=["rain_mm", "rain_mm_month_before"])
market, crop = months[["market_name", "crop_name"]].iloc[-1]
told = f"{market}的{crop}只有 {len(read)} 個月有雨量，看不出來。 {len(read)} months with rain are too few to tell."
if len(read) >= 24:
    same, later = (read["price_twd_per_kg"].corr(read[rain]) for rain in ("rain_mm", "rain_mm_month_before"))
    dearest = read.nlargest(1, "price_twd_per_kg").iloc[0]
    told = f"""
**{"會，但隔一個月" if later > max(0.3, same) else "看不出來"}**：{market}的{crop}，價格與當月雨量的相關係數是
{same:.2f}，與**前一個月**雨量的是 **{later:.2f}**（{len(read)} 個月）。最貴的是 {dearest["month"]:%Y-%m}，
每公斤 {dearest["price_twd_per_kg"]:.0f} 元；前一個月下了 {dearest["rain_mm_month_before"]:.0f} 毫米。

{crop} at {market}: prices go with the rain of the **month before** by a correlation of {later:.2f}, with that of the
same month by {same:.2f}, over {len(read)} months.
"""
Markdown(f"""
{told}

{prices.doubts}
""")

# %%
across = alt.X("month:T", title=None)
price = (
    alt.Chart(months)
    .mark_line(point=True)
    .encode(
        across,
        alt.Y("price_twd_per_kg:Q", title="元／公斤 NT$ per kg"),
        tooltip=["month:T", "price_twd_per_kg:Q", "volume_kg:Q"],
    )
)
wet = (
    alt.Chart(months)
    .mark_bar(color="#4c78a8")
    .encode(across, alt.Y("rain_mm:Q", title="雨量 rain (mm)"), tooltip=["month:T", "rain_mm:Q", "rain_days_read:Q"])
)
price = price.properties(width=620, height=220, title=f"{market} {crop}")
alt.vconcat(price, wet.properties(width=620, height=120)).resolve_scale(x="shared")

# %% [markdown]
# ## 每一點是一個月 Each point is a month

# %%
alt.Chart(months.dropna(subset=["rain_mm_month_before"])).mark_circle(size=60).encode(
    x=alt.X("rain_mm_month_before:Q", title="前一個月雨量 rain of the month before (mm)"),
    y=alt.Y("price_twd_per_kg:Q", title="元／公斤 NT$ per kg"),
    color=alt.Color("month(month):O", title="月份 month", scale=alt.Scale(scheme="sinebow")),
    tooltip=["month:T", "price_twd_per_kg:Q", "rain_mm_month_before:Q"],
).properties(width=520, height=320)

# %% [markdown]
# ## 雨是在哪裡量的 Where the rain was measured
#
# 雨量來自紅色的測站，不論市場在哪裡。 Rain is that of the red stations, wherever the market is.

# %%
stations = lake.sql("""
    select station_name, county_name, lon_deg, lat_deg,
        case when station_id in (select station_id from silver.agriculture.agri_weather)
            then '有雨量 with readings' else '無 without' end as readings
    from silver.agriculture.agri_stations order by readings
""").df()
lake.map(stations.drop(columns="county_name"), "readings", title="農業氣象站 farm stations", scheme="set1")

# %% [markdown]
# ## 這些資料 The data

# %%
prices

# %% [markdown]
# ## 不能回答什麼 What this cannot tell
#
# - 一起變動不等於因果：颱風、假期、進口同時發生。 Moving together is no cause: typhoons, feasts and imports come too.
# - 夏天雨多、菜也貴：季節本身就讓兩者一起升降。 In summer there is more rain and less greens: the season moves both.
# - 菜可能長在別的縣市，雨卻是這裡的。 The crop may have grown in another county than where the rain fell.
# - 價格未扣除物價上漲；頭尾的月份可能不完整。 Prices are nominal; the first and last month may be partial.
#
# ## 引用 Cite

# %%
Markdown(prices.citation)
