package io.lakeward.functions;

import org.apache.spark.sql.types.DataTypes;

/** Sums numbers: their count and their sum. */
public final class Summed extends Watching {
  private transient long count;
  private transient double sum;

  Summed(String name, Watch watch, int at) {
    super(name, watch, at, DataTypes.DoubleType);
  }

  public boolean invoke(double number) {
    note();
    count++;
    sum += number;
    return true;
  }

  @Override
  void tell(double[] numbers) {
    numbers[at] = count;
    numbers[at + 1] = sum;
  }
}
