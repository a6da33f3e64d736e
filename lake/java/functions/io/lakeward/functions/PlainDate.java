package io.lakeward.functions;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;

/** {@code 2020-12-31} or {@code 2020/12/31}, alone or with {@code 23:59:59} behind it, in the years 1600 to 2999. */
public final class PlainDate extends Reader {
  PlainDate() {
    super("plain_date", DataTypes.DateType);
  }

  public static Integer invoke(UTF8String text) {
    if (text == null || !(text.numBytes() == 10 || (text.numBytes() == 19 && Clock.second(text) >= 0))) {
      return null;
    }
    int day = Calendar.day(text);
    return day == Calendar.NO_DAY ? null : Integer.valueOf(day);
  }
}
