package io.lakeward.functions;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/** Counts texts that have fewer or more characters than two bounds, which are themselves within. */
public final class Lengths extends Watching {
  private static final long EACH = 0x0101010101010101L;

  private final double low;
  private final double high;
  private transient long rows;

  Lengths(String name, Watch watch, int at, double low, double high) {
    super(name, watch, at, DataTypes.StringType);
    this.low = low;
    this.high = high;
  }

  public boolean invoke(UTF8String text) {
    note();
    if (text != null) {
      int letters = letters(text);
      rows += letters < low | letters > high ? 1 : 0;
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

  @Override
  void tell(double[] numbers) {
    numbers[at] = rows;
  }
}
