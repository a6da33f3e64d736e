package io.lakeward.functions;

import org.apache.spark.sql.connector.catalog.functions.ScalarFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * A function that is always true and notes something of each row: {@code counted WATCH 3} at that watch's numbers,
 * {@code beyond WATCH 3 0.0 45.0} what lies beyond these bounds.
 */
abstract class Watching extends Known implements ScalarFunction<Object> {
  final int at;
  private final Watch watch;
  private transient boolean isAtWork;

  Watching(String name, Watch watch, int at, DataType takes) {
    super(name, name, new DataType[] {takes}, DataTypes.BooleanType);
    this.watch = watch;
    this.at = at;
  }

  /** The function of this name, or null where no such watch is open. */
  static Watching named(String name) {
    String[] told = name.split(" ");
    Watch watch = told.length < 3 ? null : Watch.named(told[1]);
    if (watch == null) {
      return null;
    }
    int at = Integer.parseInt(told[2]);
    switch (told[0]) {
      case "counted":
        return new Counted(name, watch, at);
      case "summed":
        return new Summed(name, watch, at);
      case "beyond":
        return new Beyond(name, watch, at, Double.parseDouble(told[3]), Double.parseDouble(told[4]));
      case "lengths":
        return new Lengths(name, watch, at, Double.parseDouble(told[3]), Double.parseDouble(told[4]));
      default:
        return new Spread(name, watch, at);
    }
  }

  /** Has what is noted told at the task's end; each call begins with it. */
  final void note() {
    if (!isAtWork) {
      isAtWork = true;
      watch.add(this);
    }
  }

  /** Puts what it noted in its place among the watch's numbers. */
  abstract void tell(double[] numbers);

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
