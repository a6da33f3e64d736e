package io.lakeward.functions;

import org.apache.spark.sql.types.DataTypes;

/** Counts numbers beyond bounds. */
public final class Beyond extends Bounded {
  Beyond(String name, Watch watch, int at, double low, double high) {
    super(name, watch, at, DataTypes.DoubleType, low, high);
  }

  public boolean invoke(double number) {
    note();
    count(number);
    return true;
  }
}
