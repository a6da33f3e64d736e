package io.lakeward.functions;

import java.io.Serializable;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.apache.spark.sql.connector.catalog.functions.AggregateFunction;
import org.apache.spark.sql.connector.catalog.functions.BoundFunction;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/** The different texts of a group, as collect_set gives them, but quick where a text follows itself. */
public final class Kinds implements UnboundFunction, AggregateFunction<Serializable, Object> {
  @Override
  public String name() {
    return "kinds";
  }

  @Override
  public String description() {
    return "kinds(text): the different texts";
  }

  @Override
  public BoundFunction bind(StructType given) {
    return this;
  }

  @Override
  public DataType[] inputTypes() {
    return new DataType[] {DataTypes.StringType};
  }

  @Override
  public DataType resultType() {
    return DataTypes.createArrayType(DataTypes.StringType, false);
  }

  @Override
  public String canonicalName() {
    return "lakeward.kinds";
  }

  @Override
  public Serializable newAggregationState() {
    return new Texts();
  }

  @Override
  public Serializable update(Serializable texts, InternalRow row) {
    if (!row.isNullAt(0)) {
      ((Texts) texts).add(row.getUTF8String(0));
    }
    return texts;
  }

  @Override
  public Serializable merge(Serializable texts, Serializable other) {
    ((Texts) texts).addAll((Texts) other);
    return texts;
  }

  @Override
  public Object produceResult(Serializable texts) {
    return new GenericArrayData(((Texts) texts).all());
  }
}
