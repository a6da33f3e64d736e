# %% [markdown]
# # 我們鎮上是廟多，還是診所多？
#
# **Does my town have more temples or more clinics?**
# 內政部的宗教團體、衛福部的醫療機構與戶政司的人口，以鄉鎮市區相比。
# Places of worship, clinics and people, of three agencies, by town.

# %%
import altair as alt
from IPython.display import Markdown

import lakeward as lw

# %load_ext lakeward
lake = lw.open()
towns = lake["gold.town_profile"]

both = towns.pandas(where="temples is not null and clinics is not null and population > 0")
gods = lake.sql("""
    select deity, count(*)::int as temples from silver.culture.temples where deity is not null
    group by deity order by temples desc, deity limit 15
""").df()
told = "沒有一個縣市兩份名單都有，無法相比。 No county has both lists in this lake: nothing can be compared."
if len(both):
    most, ahead = both.nlargest(1, "temples_per_10k").iloc[0], int((both["temples"] > both["clinics"]).sum())
    told = f"""
**{len(both)} 個鄉鎮市區中，有 {ahead} 個廟比診所多**（{"、".join(sorted(both["county_name"].unique())[:5])}）：
共 {both["temples"].sum():,.0f} 座宗教場所、{both["clinics"].sum():,.0f} 家醫療院所。按人口算，
{most.town_name}的廟最多，每萬人 {most.temples_per_10k:.1f} 座。
供奉最多的是{gods["deity"].iloc[0]}（{gods["temples"].iloc[0]} 座）。

In {ahead} of {len(both)} towns there are more places of worship than clinics. {most.town_name} has most for its people,
{most.temples_per_10k:.1f} per 10,000. Most are given to {gods["deity"].iloc[0]} ({gods["temples"].iloc[0]}).
"""
Markdown(f"""
{told}

{towns.doubts}
""")

# %%
lake.map(both, "temples_per_10k", title="每萬人宗教場所 per 10,000", scheme="purples")

# %% [markdown]
# ## 廟與診所 Temples and clinics
#
# 斜線上方的鄉鎮，廟比診所多。 Towns above the line have more temples than clinics.

# %%
top = float(both[["temples", "clinics"]].to_numpy().max(initial=0))
line = (
    alt.Chart(alt.Data(values=[{"x": 0, "y": 0}, {"x": top, "y": top}]))
    .mark_line(color="#bbb")
    .encode(x="x:Q", y="y:Q")
)
points = (
    alt.Chart(both.nlargest(60, "population"))
    .mark_circle(size=70)
    .encode(
        x=alt.X("clinics:Q", title="醫療院所 clinics"),
        y=alt.Y("temples:Q", title="宗教場所 places of worship"),
        tooltip=["county_name:N", "town_name:N", "clinics:Q", "temples:Q", "population:Q"],
    )
)
names = points.mark_text(dy=-10).encode(text="town_name:N").transform_filter("datum.clinics > 15 || datum.temples > 45")
(line + points + names).properties(width=520, height=380)

# %% [markdown]
# ## 拜什麼神 Whom they are for

# %%
alt.Chart(gods).mark_bar().encode(
    x=alt.X("temples:Q", title="宗教場所 places"),
    y=alt.Y("deity:N", sort="-x", title=None),
    tooltip=["deity:N", "temples:Q"],
).properties(width=420)

# %% [markdown]
# ## 這些資料 The data

# %%
towns

# %% [markdown]
# ## 不能回答什麼 What this cannot tell
#
# - 只有兩份名單都交付了的縣市；灰色是沒有資料，不是沒有廟。
#   Only counties of which both lists were delivered; grey means no list, not no temple.
# - 名單只有登記的宗教場所；路邊小廟不在內。 Only registered places: shrines by the road are not listed.
# - 一座廟與一家診所不能互換，數量也不說大小。 A temple does not replace a clinic, and a count tells no size.
#
# ## 引用 Cite

# %%
Markdown("\n\n".join([towns.citation, lake["culture.temples"].citation]))
