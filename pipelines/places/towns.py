"""Towns, districts and cities below a county: those whose names are no longer in use.

Source: 內政部 「鄉鎮市區改制」. A town keeps its stem when it changes its rank (永康市 → 永康區, 員林鎮 → 員林市), so
only new stems are listed.
"""

from __future__ import annotations

FORMER_TOWNS = {
    ("高雄縣", "三民鄉"): ("那瑪夏區", "2008-01-01"),
    ("臺南市", "中區"): ("中西區", "2004-01-01"),
    ("臺南市", "西區"): ("中西區", "2004-01-01"),
}
"""County and town as they were called, the town's stem that took their place, and since when."""
