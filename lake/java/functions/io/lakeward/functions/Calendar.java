package io.lakeward.functions;

import org.apache.spark.unsafe.types.UTF8String;

/** Days of the Gregorian calendar, counted from 1970. */
final class Calendar {
  /** Stands for text that is no day. */
  static final int NO_DAY = Integer.MIN_VALUE;

  private Calendar() {}

  /** Reads a day of the years 1600 to 2999, {@code 2020-12-31} or {@code 2020/12/31}, at the start of a text. */
  static int day(UTF8String text) {
    byte mark = text.getByte(4);
    int year = Digits.four(text, 0);
    if ((mark != '-' && mark != '/') || text.getByte(7) != mark || year < 1600 || year > 2999) {
      return NO_DAY;
    }
    return day(year, Digits.two(text, 5), Digits.two(text, 8));
  }

  /** Counts in years that begin in March, so that the leap day is the last; NO_DAY for the 30th of February. */
  static int day(int year, int month, int dayOfMonth) {
    if (month < 1 || month > 12 || dayOfMonth < 1 || dayOfMonth > length(year, month)) {
      return NO_DAY;
    }
    int from = month > 2 ? year : year - 1;
    int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + dayOfMonth - 1;
    return 365 * from + from / 4 - from / 100 + from / 400 + dayOfYear - 719468;
  }

  private static int length(int year, int month) {
    if (month == 2) {
      return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
  }
}
