# %% [markdown]
# # 我吃的東西裡，可以加些什麼？
#
# **What may be added to the food I eat?**
# 食藥署「食品添加物使用範圍及限量」的條文，加上邊境查驗（湖裡有時）。
# The rules on food additives, in the words of the law, and inspections at the border where the lake holds them.

# %%
import altair as alt
from IPython.display import Markdown

import lakeward as lw

# %load_ext lakeward
lake = lw.open()
additives = lake["food.additive_limits"]

FOODS = ["糖果", "飲料", "乳", "肉製品", "魚肉", "麵", "糕餅", "果醬", "醬油", "豆", "果凍", "油脂", "蔬菜", "嬰兒"]
rules = additives.pandas(columns=["category_name", "additive_no", "additive_name", "use_limits", "restrictions"])
text = rules["use_limits"].fillna("") + rules["restrictions"].fillna("")
named = rules.assign(food=[[food for food in FOODS if food in each] for each in text]).explode("food")
named = named.dropna(subset=["food"]).groupby(["food", "category_name"], as_index=False).size()
kinds = rules.groupby("category_name", as_index=False).size().sort_values("size", ascending=False)
anywhere = int(text.str.contains("各類食品").sum())
most = named.groupby("food")["size"].sum().nlargest(1)
Markdown(f"""
**法規列了 {len(rules):,} 項用途，分成 {len(kinds)} 類**，最多的是{kinds["category_name"].iloc[0]}
（{kinds["size"].iloc[0]} 項）；其中 {anywhere} 項可用於「各類食品」。
{"" if most.empty else f"條文最常點名的食物是「{most.index[0]}」（{most.iloc[0]} 項）。"}

The rules list {len(rules):,} entries in {len(kinds)} categories; {anywhere} of them may be used in food of any kind.

{additives.doubts}
""")

# %%
alt.Chart(kinds).mark_bar().encode(
    x=alt.X("size:Q", title="項數 entries"),
    y=alt.Y("category_name:N", sort="-x", title=None, axis=alt.Axis(labelLimit=240)),
    tooltip=["category_name", "size"],
).properties(width=420)

# %% [markdown]
# ## 哪種食物，哪類添加物 Which food, which kind of additive
#
# 條文中出現這個食物名稱的項數。 How many entries name the food.

# %%
alt.Chart(named).mark_rect().encode(
    x=alt.X("food:N", title=None, axis=alt.Axis(orient="top", labelAngle=0)),
    y=alt.Y("category_name:N", sort=list(kinds["category_name"]), title=None, axis=alt.Axis(labelLimit=240)),
    color=alt.Color("size:Q", title="項 entries", scale=alt.Scale(scheme="oranges", type="sqrt")),
    tooltip=["food:N", "category_name:N", "size:Q"],
).properties(width=520)

# %% [markdown]
# ## 邊境攔下了什麼 What was stopped at the border

# %%
INSPECTIONS = "silver.food.border_inspections"
if INSPECTIONS in lake:
    stopped = lake.sql(f"""
        select coalesce(origin_name, '不明 unknown') as origin, count(*)::int as refused from {INSPECTIONS}
        group by all order by refused desc limit 12
    """).df()
    shown = (
        alt.Chart(stopped)
        .mark_bar()
        .encode(x=alt.X("refused:Q", title="不合格 refused"), y=alt.Y("origin:N", sort="-x", title=None))
    )
else:
    shown = Markdown(
        "這個湖還沒有邊境查驗的資料。 This lake holds no inspections at the border yet: nothing can be said."
    )
shown

# %% [markdown]
# ## 這些資料 The data

# %%
additives

# %% [markdown]
# ## 不能回答什麼 What this cannot tell
#
# - 准許不等於使用：誰用了多少，這裡沒有。 Allowed is not used: who adds how much is not here.
# - 這是交付當時的條文；修法之後要看新的。 These are the rules as delivered: a later amendment is another delivery.
# - 用字比對會漏、會誤：「乳」也在「乳酸」裡。 Matching words misses and mistakes: 乳 is in 乳酸 too.
# - 只有一個機關的資料；吃進多少，要加上消費調查才知道。 One agency alone: what people take in needs surveys of diets.
#
# ## 引用 Cite

# %%
Markdown(additives.citation)
