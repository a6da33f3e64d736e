"""Exhibitions that the ministry's portal announces, one row an event."""

from lakeward.lake.table import Column
from lakeward.pipelines.dataset import Dataset, Json, Publication, Source, Upsert
from lakeward.quality import expect

EVENTS = Dataset(
    name="culture.events",
    title="Exhibitions and events",
    title_zh="展覽資訊",
    agency="文化部 Ministry of Culture",
    source=Source(
        files="culture/moc_events/*.json",
        licence="OGDL-TW-1.0",
        cadence="daily",
        page="data.gov.tw/dataset/6012",
        url="https://cloud.culture.tw/frontsite/trans/SearchShowAction.do?method=doFindTypeJ&category=6",
        format=Json(),
    ),
    combine=Upsert(),
    columns=(
        Column("event_id", "string", "the portal's number", cell="UID", key=True),
        Column("title", "string", "what it is called", cell="title"),
        Column("category_code", "string", "6: exhibitions", cell="category"),
        Column("starts_on", "date", "first day", cell="startDate"),
        Column("ends_on", "date", "last day", cell="endDate"),
        Column("presented_by", "string", "who presents it", cell="showUnit"),
        Column("organised_by", "string", "organisers, a JSON list", cell="masterUnit", optional=True),
        Column("sessions", "string", "time, place and price of each session, a JSON list", cell="showInfo"),
        Column("description", "string", "what the organisers say", cell="descriptionFilterHtml"),
        Column("tickets_url", "string", "where to buy tickets", cell="webSales"),
        Column("page_url", "string", "the organisers' page", cell="sourceWebPromote"),
        Column("views", "int", "times it was looked at on the portal", unit="views", cell="hitRate", optional=True),
    ),
    suite=(
        expect.column_values_to_not_be_null("title"),
        expect.column_values_to_not_be_null("starts_on", severity="warning"),
        expect.column_pair_values_a_to_be_greater_than_b("ends_on", "starts_on", or_equal=True, severity="warning"),
        expect.table_row_count_to_be_between(min_value=1),
    ),
    limits=(
        "Declared from the portal's description; no delivery was at hand when this was written. What organisers typed "
        "in, unchecked: ends in the far future stand for permanent exhibitions. Past events leave the feed, not "
        "the table."
    ),
    limits_zh=(
        "依平臺的說明宣告，撰寫時手上沒有實際檔案。內容由主辦單位自行填寫，未經查核："
        "很久以後的結束日代表常設展。過去的活動會從來源消失，但會留在本表。"
    ),
    publish=Publication(share="culture"),
)
