package io.lakeward.functions;

import org.apache.spark.sql.types.DataTypes;

/** The count of numbers, their mean, and the sum of their squared distances from it, by Welford's way as Spark has it. */
public final class Spread extends Watching {
  Spread(String name, Watch watch, int at) {
    super(name, watch, at, DataTypes.DoubleType);
  }

  public boolean invoke(double number) {
    double[] numbers = watch.numbers();
    double distance = number - numbers[at + 1];
    numbers[at]++;
    double step = distance / numbers[at];
    numbers[at + 1] += step;
    numbers[at + 2] += distance * (distance - step);
    return true;
  }
}
