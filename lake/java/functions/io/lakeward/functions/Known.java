package io.lakeward.functions;

import org.apache.spark.sql.connector.catalog.functions.BoundFunction;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;

/** A function as Spark's catalog knows it: its name, and the types that it takes and gives, whatever it is called with. */
abstract class Known implements UnboundFunction, BoundFunction {
  private final String name;
  private final String description;
  private final DataType[] takes;
  private final DataType gives;

  Known(String name, String description, DataType[] takes, DataType gives) {
    this.name = name;
    this.description = description;
    this.takes = takes;
    this.gives = gives;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public BoundFunction bind(StructType given) {
    return this;
  }

  @Override
  public DataType[] inputTypes() {
    return takes;
  }

  @Override
  public DataType resultType() {
    return gives;
  }

  /** Two calls of one function on the same text are one expression to Spark. */
  @Override
  public String canonicalName() {
    return "lakeward." + name;
  }
}
