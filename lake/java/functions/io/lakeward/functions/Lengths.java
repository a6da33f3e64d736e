package io.lakeward.functions;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/** Counts texts whose number of characters lies beyond bounds. */
public final class Lengths extends Bounded {
  private static final long EACH = 0x0101010101010101L;

  Lengths(String name, Watch watch, int at, double low, double high) {
    super(name, watch, at, DataTypes.StringType, low, high);
  }

  public boolean invoke(UTF8String text) {
    note();
    if (text != null) {
      count(letters(text));
    }
    return true;
  }

  /** What LENGTH gives of a text, its bytes looked at eight at a time. */
  private static int letters(UTF8String text) {
    int size = text.numBytes();
    Object base = text.getBaseObject();
    long from = text.getBaseOffset();
    int later = 0; // bytes that are not the first of their character: 10xxxxxx
    int read = 0;
    for (; read + 8 <= size; read += 8) {
      long eight = Platform.getLong(base, from + read);
      later += Long.bitCount((eight >>> 7) & (~eight >>> 6) & EACH);
    }
    for (; read < size; read++) {
      later += (Platform.getByte(base, from + read) & 0xC0) == 0x80 ? 1 : 0;
    }
    return size - later;
  }
}
