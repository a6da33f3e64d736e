package io.lakeward.functions;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;

/** Up to eighteen digits, with or without a minus. */
public final class PlainBigint extends Reader {
  PlainBigint() {
    super("plain_bigint", DataTypes.LongType);
  }

  public static Long invoke(UTF8String text) {
    return text == null ? null : Digits.signed(text, 18);
  }
}
