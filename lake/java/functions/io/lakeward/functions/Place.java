package io.lakeward.functions;

import org.apache.spark.sql.catalyst.util.ArrayData;
import org.apache.spark.sql.connector.catalog.functions.ScalarFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * The place of a text in a list, counted from 0; NULL where it is not in it. Rows come file by file, so that the answer
 * is mostly that of the row before: it is kept for each thread, with the list that it holds for.
 */
public final class Place extends Known implements ScalarFunction<Object> {
  private static final ThreadLocal LAST = new ThreadLocal();

  Place() {
    super(
        "place",
        "place(text, list): where a text stands in a list, from 0 on",
        new DataType[] {DataTypes.StringType, DataTypes.createArrayType(DataTypes.StringType)},
        DataTypes.IntegerType);
  }

  public static Integer invoke(UTF8String text, ArrayData list) {
    if (text == null || list == null) {
      return null;
    }
    Answer last = (Answer) LAST.get();
    if (last == null) {
      last = new Answer();
      LAST.set(last);
    }
    if (last.list != list || !text.equals(last.text)) {
      last.at = found(text, list);
      last.text = text.clone();
      last.list = list;
    }
    return last.at;
  }

  private static Integer found(UTF8String text, ArrayData list) {
    for (int i = 0; i < list.numElements(); i++) {
      if (text.equals(list.getUTF8String(i))) {
        return Integer.valueOf(i);
      }
    }
    return null;
  }

  private static final class Answer {
    UTF8String text;
    ArrayData list;
    Integer at;
  }
}
