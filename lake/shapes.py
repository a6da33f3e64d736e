"""The shapes of what a Parquet file says of itself, by the field numbers of `parquet.thrift` (format 2.12)."""

from __future__ import annotations

from lakeward.lake.compact import BINARY, BOOL, BYTE, DOUBLE, INT, LONG, SHORT, TEXT, Shape

NOTHING: Shape = {}
UNIT: Shape = {1: NOTHING, 2: NOTHING, 3: NOTHING}
STATISTICS: Shape = {1: BINARY, 2: BINARY, 3: LONG, 4: LONG, 5: BINARY, 6: BINARY, 7: BOOL, 8: BOOL}
SIZES: Shape = {1: LONG, 2: [LONG], 3: [LONG]}
TIME: Shape = {1: BOOL, 2: UNIT}
LOGICAL: Shape = {
    1: NOTHING, 2: NOTHING, 3: NOTHING, 4: NOTHING, 5: {1: INT, 2: INT}, 6: NOTHING, 7: TIME, 8: TIME,
    10: {1: BYTE, 2: BOOL}, 11: NOTHING, 12: NOTHING, 13: NOTHING, 14: NOTHING, 15: NOTHING, 16: {1: BYTE},
    17: {1: TEXT}, 18: {1: TEXT, 2: INT},
}  # fmt: skip
ELEMENT: Shape = {1: INT, 2: INT, 3: INT, 4: TEXT, 5: INT, 6: INT, 7: INT, 8: INT, 9: INT, 10: LOGICAL}
NAMED: Shape = {1: TEXT, 2: TEXT}
BOX: Shape = dict.fromkeys(range(1, 9), DOUBLE)
COLUMN: Shape = {
    1: INT, 2: [INT], 3: [TEXT], 4: INT, 5: LONG, 6: LONG, 7: LONG, 8: [NAMED], 9: LONG, 10: LONG, 11: LONG,
    12: STATISTICS, 13: [{1: INT, 2: INT, 3: INT}], 14: LONG, 15: INT, 16: SIZES, 17: {1: BOX, 2: [INT]},
}  # fmt: skip
CHUNK: Shape = {1: TEXT, 2: LONG, 3: COLUMN, 4: LONG, 5: INT, 6: LONG, 7: INT}
GROUP: Shape = {
    1: [CHUNK], 2: LONG, 3: LONG, 4: [{1: INT, 2: BOOL, 3: BOOL}], 5: LONG, 6: LONG, 7: SHORT,
}  # fmt: skip
FOOTER: Shape = {
    1: INT, 2: [ELEMENT], 3: LONG, 4: [GROUP], 5: [NAMED], 6: TEXT, 7: [{1: NOTHING, 2: NOTHING}],
}  # fmt: skip
PAGE: Shape = {
    1: INT, 2: INT, 3: INT, 4: INT,
    5: {1: INT, 2: INT, 3: INT, 4: INT, 5: STATISTICS},
    7: {1: INT, 2: INT, 3: BOOL},
    8: {1: INT, 2: INT, 3: INT, 4: INT, 5: INT, 6: INT, 7: BOOL, 8: STATISTICS},
}  # fmt: skip
PLACES: Shape = {1: [{1: LONG, 2: INT, 3: LONG}], 2: [LONG]}
INDEX: Shape = {1: [BOOL], 2: [BINARY], 3: [BINARY], 4: INT, 5: [LONG], 6: [LONG], 7: [LONG]}
