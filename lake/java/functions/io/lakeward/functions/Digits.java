package io.lakeward.functions;

import org.apache.spark.unsafe.types.UTF8String;

/** Digits at known places of a text. */
final class Digits {
  /** What stands for digits that are none: no sum with it is a part of a date. */
  private static final int NONE = -1000000;

  private Digits() {}

  static int two(UTF8String text, int at) {
    int tens = text.getByte(at) - '0';
    int ones = text.getByte(at + 1) - '0';
    return tens < 0 || tens > 9 || ones < 0 || ones > 9 ? NONE : 10 * tens + ones;
  }

  static int four(UTF8String text, int at) {
    return 100 * two(text, at) + two(text, at + 2);
  }

  /** Reads a sign and up to so many digits, from the start of a text to its end; null where it is anything else. */
  static Long signed(UTF8String text, int most) {
    int size = text.numBytes();
    int at = size > 0 && text.getByte(0) == '-' ? 1 : 0;
    if (at == size || size - at > most) {
      return null;
    }
    long value = 0;
    for (int i = at; i < size; i++) {
      int digit = text.getByte(i) - '0';
      if (digit < 0 || digit > 9) {
        return null;
      }
      value = 10 * value + digit;
    }
    return at == 1 ? -value : value;
  }
}
