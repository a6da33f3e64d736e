package io.lakeward.functions;

import org.apache.spark.unsafe.types.UTF8String;

/** Times of day behind a day of ten letters. */
final class Clock {
  private Clock() {}

  /** Reads {@code " 23:59:59"} or {@code "T23:59:59"} in a text of 19 letters, as a second of the day; -1 for none. */
  static int second(UTF8String text) {
    byte gap = text.getByte(10);
    int hour = Digits.two(text, 11);
    int minute = Digits.two(text, 14);
    int second = Digits.two(text, 17);
    boolean isOne = (gap == ' ' || gap == 'T') && text.getByte(13) == ':' && text.getByte(16) == ':'
        && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second < 60;
    return isOne ? (60 * hour + minute) * 60 + second : -1;
  }

  /** Reads {@code " 00"} to {@code " 24"} in a text of 13 letters, as a second; -1 for none. */
  static int hour(UTF8String text) {
    int hour = Digits.two(text, 11);
    return text.getByte(10) == ' ' && hour >= 0 && hour <= 24 ? 3600 * hour : -1;
  }
}
