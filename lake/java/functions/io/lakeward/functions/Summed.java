package io.lakeward.functions;

import org.apache.spark.sql.types.DataTypes;

/** Sums numbers: their count and their sum. */
public final class Summed extends Watching {
  Summed(String name, Watch watch, int at) {
    super(name, watch, at, DataTypes.DoubleType);
  }

  public boolean invoke(double number) {
    double[] numbers = watch.numbers();
    numbers[at]++;
    numbers[at + 1] += number;
    return true;
  }
}
