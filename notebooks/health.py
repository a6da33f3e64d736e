# %% [markdown]
# # 登革熱最嚴重的那一年，我家那一里有多少人生病？
#
# **In the worst year of dengue, how many fell ill in my village, and do the lists agree?**
# 疾管署的病例、市府自己的名單與戶政司的村里人口。 Cases of the CDC, a city's own list, and people by village.

# %%
import altair as alt
from IPython.display import Markdown

import lakeward as lw

# %load_ext lakeward
lake = lw.open()
dengue, sources = lake["gold.dengue_village"], lake["gold.dengue_reconciliation"]

villages = lake.sql("""
    with worst as (
        select county_name, year from gold.dengue_village group by all order by sum(cases) desc, year desc limit 1
    )
    select * from gold.dengue_village semi join worst using (county_name, year) order by cases_per_1000 desc nulls last
""").df()
county, year = villages["county_name"].iloc[0], int(villages["year"].iloc[0])
hit = villages.iloc[0]
gaps = sources.pandas(where="gap_cases > 0").nlargest(1, "gap_cases")
gap = gaps.iloc[0] if len(gaps) else None
Markdown(f"""
**{year} 年，{county}有 {villages["cases"].sum():,.0f} 例，分布在 {len(villages):,} 個村里。** 按人口算最嚴重的是
{hit.town_name}{hit.village_name}：{hit.population:,.0f} 人中有 {hit.cases:,.0f} 例，每千人 {
    hit.cases_per_1000:.1f} 例。

{county} had {villages["cases"].sum():,.0f} cases in {year}, in {len(villages):,} villages; {hit.town_name}{
    hit.village_name
}
was hit hardest: {hit.cases_per_1000:.1f} of 1,000 residents.

{
    ""
    if gap is None
    else f'''**名單並不一致**：{gap.county_name} {gap.year} 年，到 {gap.as_of_on:%Y-%m-%d} 為止，
「{gap.source}」比全國名單少 {gap.gap_cases:,.0f} 例。 The lists disagree: for {gap.county_name} in {gap.year},
“{gap.source}” lacks {gap.gap_cases:,.0f} cases that the national list has.'''
}

{dengue.doubts}
""")

# %%
lake.map(villages, "cases_per_1000", title=f"{year} 每千人 cases per 1,000")

# %% [markdown]
# ## 疫情怎麼走 How it went
#
# 按發病週計算的本土與境外移入病例。 Cases by week of onset, caught here or abroad.

# %%
weeks = lake.sql(f"""
    select date_trunc('week', onset_on) as week, count(*)::int as cases,
        case when is_imported then '境外 abroad' else '本土 here' end as caught
    from silver.health.dengue_cases where county_name = '{county}' and year(onset_on) = {year} group by all
""").df()
alt.Chart(weeks).mark_bar().encode(
    x=alt.X("week:T", title="發病週 week of onset"),
    y=alt.Y("cases:Q", title="病例 cases"),
    color=alt.Color("caught:N", title="感染地 infected"),
    tooltip=["week", "caught", "cases"],
).properties(width=600, height=260)

# %% [markdown]
# ## 三份名單，三個數字 Three lists, three numbers
#
# 同一縣市、同一年、算到同一天。 The same county and year, counted up to the same day.

# %%
listed = lake.sql("""
    select concat(county_name, ' ', year) as place, source, as_of_on, cases, gap_cases from gold.dengue_reconciliation
    qualify count(*) over (partition by county_name, year) > 1
""").df()
most = listed.groupby("place")["cases"].max().nlargest(5).index
alt.Chart(listed[listed["place"].isin(most)]).mark_bar().encode(
    x=alt.X("cases:Q", title="本土病例 cases infected at home"),
    y=alt.Y("source:N", title=None),
    row=alt.Row("place:N", title=None, sort=list(most), header=alt.Header(labelAngle=0, labelAlign="left")),
    color=alt.Color("source:N", legend=None),
    tooltip=["place", "source", "as_of_on", "cases", "gap_cases"],
).properties(width=420, height=54).resolve_scale(x="independent")

# %% [markdown]
# ## 這些資料 The data

# %%
dengue

# %% [markdown]
# ## 不能回答什麼 What this cannot tell
#
# - 灰色的村里沒有病例，或名稱與界線對不上。 Grey villages had no case, or their name is not on the outlines.
# - 病例算在居住地，不是被叮咬的地方。 Cases are counted where people live, not where they were bitten.
# - 差額不是誰的錯：有的名單缺沒有村里的病例，有的日期定義不同。
#   A gap is nobody's error: one list lacks cases without a village, another means other dates.
# - 人少的里，一兩例就會讓比率跳動。 In small villages one case moves the rate.
#
# ## 引用 Cite

# %%
Markdown("\n\n".join([dengue.citation, sources.citation]))
