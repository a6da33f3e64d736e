package io.lakeward.functions;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;

/** Up to nine digits, with or without a minus. */
public final class PlainInt extends Reader {
  PlainInt() {
    super("plain_int", DataTypes.IntegerType);
  }

  public static Integer invoke(UTF8String text) {
    Long value = text == null ? null : Digits.signed(text, 9);
    return value == null ? null : Integer.valueOf(value.intValue());
  }
}
