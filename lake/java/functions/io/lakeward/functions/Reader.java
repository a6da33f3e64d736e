package io.lakeward.functions;

import org.apache.spark.sql.connector.catalog.functions.BoundFunction;
import org.apache.spark.sql.connector.catalog.functions.ScalarFunction;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Reads text in its plainest shape, without a regular expression and without making an object of it; all other text
 * gives NULL, and is left to the long way of pipelines/normalise.py. Spark calls each reader's static {@code invoke}.
 */
abstract class Reader implements UnboundFunction, ScalarFunction<Object> {
  private final String name;
  private final DataType type;

  Reader(String name, DataType type) {
    this.name = name;
    this.type = type;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description() {
    return name + "(text): the value of plain text, NULL for any other";
  }

  @Override
  public BoundFunction bind(StructType given) {
    return this;
  }

  @Override
  public DataType[] inputTypes() {
    return new DataType[] {DataTypes.StringType};
  }

  @Override
  public DataType resultType() {
    return type;
  }

  /** Two calls of one function on the same text are one expression to Spark. */
  @Override
  public String canonicalName() {
    return "lakeward." + name;
  }
}
