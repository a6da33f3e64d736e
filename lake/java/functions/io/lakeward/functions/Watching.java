package io.lakeward.functions;

import org.apache.spark.sql.connector.catalog.functions.ScalarFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/** A function that is always true and notes something of each row: {@code counted WATCH 3} at that watch's numbers. */
abstract class Watching extends Known implements ScalarFunction<Object> {
  final Watch watch;
  final int at;

  Watching(String name, Watch watch, int at, DataType takes) {
    super(name, name, new DataType[] {takes}, DataTypes.BooleanType);
    this.watch = watch;
    this.at = at;
  }

  /** The function of this name, or null where no such watch is open. */
  static Watching named(String name) {
    String[] told = name.split(" ");
    Watch watch = told.length == 3 ? Watch.named(told[1]) : null;
    if (watch == null) {
      return null;
    }
    int at = Integer.parseInt(told[2]);
    switch (told[0]) {
      case "counted":
        return new Counted(name, watch, at);
      case "summed":
        return new Summed(name, watch, at);
      default:
        return new Spread(name, watch, at);
    }
  }

  @Override
  public boolean isResultNullable() {
    return false;
  }

  /** Spark may neither leave out a call nor call it twice for a row. */
  @Override
  public boolean isDeterministic() {
    return false;
  }
}
