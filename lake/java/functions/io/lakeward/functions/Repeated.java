package io.lakeward.functions;

import java.io.Serializable;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.connector.catalog.functions.AggregateFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;

/**
 * The numbers that a group of rows has more than once, each of them once or more; NULL where the group has more than
 * Seen.MOST numbers, for which memory is too dear. Numbers that stand where they were read cost no shuffle.
 */
public final class Repeated extends Known implements AggregateFunction<Serializable, Object> {
  Repeated() {
    super(
        "repeated",
        "repeated(bigint): the numbers that stand more than once; NULL where there are too many numbers",
        new DataType[] {DataTypes.LongType},
        DataTypes.createArrayType(DataTypes.LongType, false));
  }

  @Override
  public Serializable newAggregationState() {
    return Seen.none();
  }

  @Override
  public Serializable update(Serializable seen, InternalRow row) {
    Seen.add((long[][]) seen, row.getLong(0));
    return seen;
  }

  @Override
  public Serializable merge(Serializable seen, Serializable others) {
    Seen.addAll((long[][]) seen, (long[][]) others);
    return seen;
  }

  @Override
  public Object produceResult(Serializable seen) {
    long[] twice = Seen.twice((long[][]) seen);
    return twice == null ? null : UnsafeArrayData.fromPrimitiveArray(twice);
  }
}
