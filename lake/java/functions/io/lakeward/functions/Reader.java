package io.lakeward.functions;

import org.apache.spark.sql.connector.catalog.functions.ScalarFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * Reads text in its plainest shape, without a regular expression and without making an object of it; all other text
 * gives NULL, and is left to the long way of pipelines/normalise.py. Spark calls each reader's static {@code invoke}.
 */
abstract class Reader extends Known implements ScalarFunction<Object> {
  Reader(String name, DataType type) {
    super(
        name,
        name + "(text): the value of plain text, NULL for any other",
        new DataType[] {DataTypes.StringType},
        type);
  }
}
