package io.lakeward.functions;

import org.apache.spark.sql.types.DataTypes;

/** Counts numbers beyond two bounds, which are themselves within; as Spark orders them, NaN is the greatest of all. */
public final class Beyond extends Watching {
  private final double low;
  private final double high;
  private transient long rows;

  Beyond(String name, Watch watch, int at, double low, double high) {
    super(name, watch, at, DataTypes.DoubleType);
    this.low = low;
    this.high = high;
  }

  public boolean invoke(double number) {
    note();
    rows += number < low | !(number <= high | high != high) ? 1 : 0;
    return true;
  }

  @Override
  void tell(double[] numbers) {
    numbers[at] = rows;
  }
}
