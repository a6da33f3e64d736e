"""Letters that only the agency's own font shows, in either plane of private use."""

from __future__ import annotations

from pyspark.sql import SparkSession

from lakeward.pipelines.places.names import common_letters
from lakeward.quality.engine import Checks


def test_letters_of_every_private_plane_are_told_and_rare_ones_of_unicode_are_not(spark: SparkSession) -> None:
    names = ["中山里", "\U0002070e子里", "\ue123里", "\U000f0123里", "\U00100001里"]
    frame = spark.createDataFrame([(name,) for name in names], "village_name string")

    (result,) = Checks.for_frame([common_letters("village_name")], frame.schema).run(frame)

    assert (result.success, result.numbers["unexpected_count"]) == (False, 3)
