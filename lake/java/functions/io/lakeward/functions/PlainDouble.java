package io.lakeward.functions;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;

/** Up to thirty digits, with or without a minus, with or without a point between them. */
public final class PlainDouble extends Reader {
  private static final int MOST = 30;
  // Whole numbers of so many digits, and powers of ten up to there, are exact, so that one division rounds once.
  private static final int EXACT = 15;
  private static final double[] TENS = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14
  };

  PlainDouble() {
    super("plain_double", DataTypes.DoubleType);
  }

  public static Double invoke(UTF8String text) {
    if (text == null) {
      return null;
    }
    int size = text.numBytes();
    int start = size > 0 && text.getByte(0) == '-' ? 1 : 0;
    int point = -1;
    long digits = 0;
    for (int i = start; i < size; i++) {
      byte letter = text.getByte(i);
      if (letter == '.' && point < 0 && i > start) {
        point = i;
      } else if (letter >= '0' && letter <= '9') {
        digits = 10 * digits + letter - '0';
      } else {
        return null;
      }
    }
    int count = size - start - (point < 0 ? 0 : 1);
    if (count < 1 || count > MOST || point == size - 1) {
      return null;
    }
    if (count > EXACT) {
      return Double.valueOf(text.toString());
    }
    double value = point < 0 ? digits : digits / TENS[size - 1 - point];
    return start == 1 ? -value : value;
  }
}
