package io.lakeward.functions;

import org.apache.spark.sql.types.DataTypes;

/** The count of numbers, their mean, and the sum of their squared distances from it, by Welford's way as Spark has it. */
public final class Spread extends Watching {
  private transient long count;
  private transient double mean;
  private transient double squares;

  Spread(String name, Watch watch, int at) {
    super(name, watch, at, DataTypes.DoubleType);
  }

  public boolean invoke(double number) {
    note();
    count++;
    double distance = number - mean;
    double step = distance / count;
    mean += step;
    squares += distance * (distance - step);
    return true;
  }

  @Override
  void tell(double[] numbers) {
    numbers[at] = count;
    numbers[at + 1] = mean;
    numbers[at + 2] = squares;
  }
}
