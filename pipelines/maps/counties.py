"""The 22 counties and special municipalities since 25 December 2014, and the names they had before.

Source: 內政部 「縣市改制」; 桃園縣 became 桃園市 on 2014-12-25, the others merged on 2010-12-25.
"""

COUNTY_NAMES = (
    "新北市", "臺北市", "桃園市", "臺中市", "臺南市", "高雄市", "宜蘭縣", "新竹縣", "苗栗縣", "彰化縣", "南投縣",
    "雲林縣", "嘉義縣", "屏東縣", "臺東縣", "花蓮縣", "澎湖縣", "基隆市", "新竹市", "嘉義市", "金門縣", "連江縣",
)  # fmt: skip

FORMER_NAMES = {
    "桃園縣": "桃園市",
    "臺北縣": "新北市",
    "臺中縣": "臺中市",
    "臺南縣": "臺南市",
    "高雄縣": "高雄市",
}
