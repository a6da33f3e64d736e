package io.lakeward.functions;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;

/** {@code 10405}, the year 104 of the republic and its fifth month; what may be a year after Christ is not plain. */
public final class PlainMonth extends Reader {
  PlainMonth() {
    super("plain_month", DataTypes.DateType);
  }

  public static Integer invoke(UTF8String text) {
    if (text == null || text.numBytes() != 5 || text.getByte(0) > '1') {
      return null;
    }
    int ten = Digits.two(text, 0);
    Long digits = Digits.signed(text, 5);
    if (digits == null || digits < 100 || ten < 0 || ten == 19) {
      return null;
    }
    int day = Calendar.day(1911 + (int) (digits / 100), (int) (digits % 100), 1);
    return day == Calendar.NO_DAY ? null : Integer.valueOf(day);
  }
}
