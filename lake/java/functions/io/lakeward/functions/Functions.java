package io.lakeward.functions;

import org.apache.spark.sql.catalyst.analysis.NoSuchFunctionException;
import org.apache.spark.sql.connector.catalog.FunctionCatalog;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/**
 * Makes lakeward's own functions known to Spark: {@code lakeward.plain_date(text)}, where the setting
 * spark.sql.catalog.lakeward names this class.
 */
public final class Functions implements FunctionCatalog {
  private static final Known[] ALL = {
    new PlainBigint(), new PlainDate(), new PlainDouble(), new PlainInt(), new PlainMonth(), new PlainTimestamp(),
    new Matches(), new Place(), new Repeated()
  };

  private String name;

  @Override
  public void initialize(String name, CaseInsensitiveStringMap options) {
    this.name = name;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Identifier[] listFunctions(String[] namespace) {
    return new Identifier[0]; // asked by SHOW FUNCTIONS alone; these are for lakeward's own queries
  }

  @Override
  public UnboundFunction loadFunction(Identifier asked) throws NoSuchFunctionException {
    for (Known each : ALL) {
      if (each.name().equals(asked.name())) {
        return each;
      }
    }
    UnboundFunction watching = Watching.named(asked.name());
    if (watching != null) {
      return watching;
    }
    throw new NoSuchFunctionException(asked);
  }
}
