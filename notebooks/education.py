# %% [markdown]
# # 研究所學歷的人都住在哪裡？
#
# **Where do people with a master's or doctorate live?**
# 戶政司的教育程度與年齡，配上教育部的國中名錄。 Education and age of the household registers, schools of the ministry.

# %%
import altair as alt
from IPython.display import Markdown

import lakeward as lw

# %load_ext lakeward
lake = lw.open()
education = lake["gold.education_town"]

towns = lake.sql("""
    with ages as (
        select county_name, town_name, 100 * sum(over_64) / sum(under_15 + from_15_to_64 + over_64) as over_64_pct
        from silver.maps.village_population
        where counted_on = (select max(counted_on) from silver.maps.village_population where over_64 is not null)
        group by all
    )
    select told.*, 100 * graduate_ratio as graduates_pct, over_64_pct
    from gold.education_town as told left join ages using (county_name, town_name)
    where year = (select max(year) from gold.education_town) order by graduates_pct desc
""").df()
years = lake.sql("""
    select year, sum(graduates)::int as graduates, 100 * sum(graduates) / sum(people_15_up) as graduates_pct,
        100 * sum(illiterate_ratio * people_15_up) / sum(people_15_up) as illiterate_pct
    from gold.education_town group by year order by year
""").df()
most, least, year = towns.iloc[0], towns.iloc[-1], int(towns["year"].iloc[0])
Markdown(f"""
**最多的是{most.county_name}{most.town_name}**：{year} 年底，15 歲以上每 100 人有 {most.graduates_pct:.1f} 人
研究所畢業；最少的{least.county_name}{least.town_name}為 {least.graduates_pct:.1f} 人。全國的比率是
{years["graduates_pct"].iloc[-1]:.1f}%，{years["year"].iloc[0]} 年時是 {years["graduates_pct"].iloc[0]:.1f}%。

Of 100 people aged 15 and over, {most.graduates_pct:.1f} have a master's or doctorate in
{most.county_name}{most.town_name}, {least.graduates_pct:.1f} in {least.county_name}{least.town_name}; of the whole
country {years["graduates_pct"].iloc[-1]:.1f}%, after {years["graduates_pct"].iloc[0]:.1f}% in {years["year"].iloc[0]}.

{education.doubts}
""")

# %%
lake.map(towns, "graduates_pct", title=f"{year} 研究所畢業 graduates (%)", scheme="yellowgreenblue")

# %% [markdown]
# ## 老的地方學歷低嗎 Are older towns less schooled?
#
# 每一點是一個鄉鎮市區。高齡者年輕時，大學還很少。
# Each point is a town. When those who are old were young, there were few universities.

# %%
alt.Chart(towns.dropna(subset=["over_64_pct"])).mark_circle(opacity=0.6).encode(
    x=alt.X("over_64_pct:Q", title="65 歲以上 aged 65 and over (%)", scale=alt.Scale(zero=False)),
    y=alt.Y("graduates_pct:Q", title="研究所畢業 graduates (%)"),
    size=alt.Size("people_15_up:Q", title="15 歲以上人口 people"),
    tooltip=["county_name:N", "town_name:N", "graduates_pct:Q", "over_64_pct:Q", "people_15_up:Q"],
).properties(width=560, height=340)

# %% [markdown]
# ## 國中在哪裡 Where the junior high schools are
#
# 只有交付了名錄的縣市才有數字。 Only counties whose list was delivered have numbers.

# %%
schools = lake["gold.town_profile"].pandas(
    columns=["county_name", "town_name", "junior_high_schools", "population"],
    where="junior_high_schools is not null and population > 0",
)
school = alt.Chart(schools.nlargest(30, "population")).encode(y=alt.Y("town_name:N", sort="-x", title=None))
school.mark_bar().encode(
    x=alt.X("sum(junior_high_schools):Q", title="國中 junior high schools", axis=alt.Axis(tickMinStep=1)),
    color=alt.Color("county_name:N", title=None),
    tooltip=["county_name:N", "town_name:N", "junior_high_schools:Q", "population:Q"],
).properties(width=420)

# %% [markdown]
# ## 這些資料 The data

# %%
education

# %% [markdown]
# ## 不能回答什麼 What this cannot tell
#
# - 戶籍地不是住處，更不是念書的地方：學生與退休的人常登記在別處。
#   People are registered elsewhere than they live or studied, students and the retired above all.
# - 學歷是自己申報的。 Degrees are as people told them.
# - 鄉鎮的學歷說的是誰住在那裡，不是學校好壞。 It tells who lives there, not how good its schools are.
#
# ## 引用 Cite

# %%
Markdown("\n\n".join([education.citation, lake["gold.town_profile"].citation]))
