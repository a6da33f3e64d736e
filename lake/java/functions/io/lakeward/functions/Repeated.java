package io.lakeward.functions;

import java.io.Serializable;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.connector.catalog.functions.AggregateFunction;
import org.apache.spark.sql.connector.catalog.functions.BoundFunction;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The numbers that a group of rows has more than once, each of them once or more; NULL where the group has more than
 * Seen.MOST numbers, for which memory is too dear. Numbers that stand where they were read cost no shuffle.
 */
public final class Repeated implements UnboundFunction, AggregateFunction<Serializable, Object> {
  @Override
  public String name() {
    return "repeated";
  }

  @Override
  public String description() {
    return "repeated(bigint): the numbers that stand more than once; NULL where there are too many numbers";
  }

  @Override
  public BoundFunction bind(StructType given) {
    return this;
  }

  @Override
  public DataType[] inputTypes() {
    return new DataType[] {DataTypes.LongType};
  }

  @Override
  public DataType resultType() {
    return DataTypes.createArrayType(DataTypes.LongType, false);
  }

  @Override
  public String canonicalName() {
    return "lakeward.repeated";
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
