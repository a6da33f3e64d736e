package io.lakeward.functions;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * {@code 2020-12-31 23:59:59} (or with slashes, or a T), or {@code 2020-12-31 24}, of the clocks of Taipei, in the
 * years 1980 to 2999: since 1980 they have stood at +08:00.
 */
public final class PlainTimestamp extends Reader {
  private static final int FIRST = Calendar.day(1980, 1, 1);

  PlainTimestamp() {
    super("plain_timestamp", DataTypes.TimestampType);
  }

  public static Long invoke(UTF8String text) {
    if (text == null) {
      return null;
    }
    int second = text.numBytes() == 19 ? Clock.second(text) : text.numBytes() == 13 ? Clock.hour(text) : -1;
    if (second < 0) {
      return null;
    }
    int day = Calendar.day(text);
    if (day < FIRST) { // so is NO_DAY
      return null;
    }
    return Long.valueOf(1000000L * (86400L * day + second - 8 * 3600));
  }
}
