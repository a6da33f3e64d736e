package io.lakeward.functions;

import org.apache.spark.sql.types.DataTypes;

/** Counts the rows that meet a condition. */
public final class Counted extends Watching {
  private transient long rows;

  Counted(String name, Watch watch, int at) {
    super(name, watch, at, DataTypes.BooleanType);
  }

  public boolean invoke(boolean isMet) {
    note();
    rows += isMet ? 1 : 0; // without a branch, which cannot be foretold where many rows meet it
    return true;
  }

  @Override
  void tell(double[] numbers) {
    numbers[at] = rows;
  }
}
