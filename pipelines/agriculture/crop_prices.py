"""Wholesale prices of crops, one row a day, market and crop."""

from lakeward.lake.table import Cell, Column
from lakeward.pipelines.dataset import Csv, Dataset, Publication, Source, Upsert
from lakeward.pipelines.publication import inferred
from lakeward.quality import expect

CODE, NAME = "^([^\\s\u3000]+)", "^[^\\s\u3000]+[\\s\u3000]+(.+)$"
"""Of `400 台中市`, whose blank may be a full-width one: Java's `\\s` knows no other."""


def _price(name: str, description: str, cell: str) -> Column:
    return Column(name, "decimal(9,2)", description, unit="NT$ per kg", cell=cell)


def _part(header: str, pick: str) -> Cell:
    return Cell((header,), pick=pick)


CROP_PRICES = Dataset(
    name="agriculture.crop_prices",
    title="Wholesale prices of crops",
    title_zh="農產品批發市場交易行情",
    agency="農業部農糧署 Agriculture and Food Agency",
    source=Source(
        files="agriculture/afa_amis_prices/*.{csv,xls,xlsx}",
        licence="not stated",
        cadence="daily",
        page="amis.afa.gov.tw",
        format=Csv(
            encoding=("utf-8", "cp950"),
            footers=(r"^小\s*計",),
            renames={r"^日 期$": "日期", r"^市 場$": "市場", r"^產 品$": "產品"},
        ),
    ),
    combine=Upsert(),
    columns=(
        Column("traded_on", "date", "day of trade", cell="日期", key=True),
        Column("market_code", "string", "the agency's number of the market", cell=_part("市場", CODE), key=True),
        Column("market_name", "string", "market, named after its town", cell=_part("市場", NAME)),
        Column("crop_code", "string", "the agency's code of the crop", cell=_part("產品", CODE), key=True),
        Column("crop_name", "string", "crop and kind", cell=_part("產品", NAME)),
        _price("upper_price_twd_per_kg", "mean of the dearest fifth", "上價"),
        _price("middle_price_twd_per_kg", "mean of the middle three fifths", "中價"),
        _price("lower_price_twd_per_kg", "mean of the cheapest fifth", "下價"),
        _price("price_twd_per_kg", "mean of all, weighed by volume", "平均價(元/公斤)"),
        Column("volume_kg", "decimal(14,2)", "traded volume", unit="kg", cell="交易量(公斤)"),
    ),
    suite=(
        expect.column_values_to_not_be_null("traded_on"),
        expect.column_values_to_not_be_null("price_twd_per_kg"),
        expect.column_values_to_be_between("price_twd_per_kg", 0, 10_000),
        expect.column_values_to_be_between("volume_kg", 0, 10_000_000),
        expect.column_values_to_match_regex("market_code", r"^\w{3,4}$", severity="warning"),
        expect.column_pair_values_a_to_be_greater_than_b(
            "upper_price_twd_per_kg", "lower_price_twd_per_kg", or_equal=True, severity="warning"
        ),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Only the crops and markets that someone asked for, put together by students, who dropped the columns of "
        "change and one or two rows. Days without trade are not rows. Prices are nominal."
    ),
    limits_zh=(
        "只含有人查詢過的作物與市場，由學生彙整，漲跌欄與一兩列資料被刪去。沒有交易的日子沒有列。價格為名目價格。"
    ),
    publish=Publication(
        share="agriculture",
        decided=inferred(
            "the agency gives the same prices under these terms on data.gov.tw; inferred, not confirmed by it"
        ),
    ),
)
