package io.lakeward.functions;

import org.apache.spark.sql.types.DataType;

/** Counts numbers beyond two bounds, which are themselves within; as Spark orders them, NaN is the greatest of all. */
abstract class Bounded extends Watching {
  private final double low;
  private final double high;
  private transient long rows;

  Bounded(String name, Watch watch, int at, DataType takes, double low, double high) {
    super(name, watch, at, takes);
    this.low = low;
    this.high = high;
  }

  final void count(double number) {
    rows += number < low | !(number <= high | high != high) ? 1 : 0;
  }

  @Override
  final void tell(double[] numbers) {
    numbers[at] = rows;
  }
}
