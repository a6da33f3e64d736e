package io.lakeward.functions;

import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.spark.sql.connector.catalog.functions.ScalarFunction;
import org.apache.spark.sql.errors.QueryExecutionErrors;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.unsafe.types.UTF8String;

/** Whether a pattern is found in a text: what RLIKE gives, mostly without making a string of each text. */
public final class Matches extends Known implements ScalarFunction<Object> {
  private static final int MOST = 1000;
  private static final ConcurrentHashMap READY = new ConcurrentHashMap();
  private static final Ready[] LATEST = new Ready[64]; // by the pattern's identity: the same object comes with each row

  Matches() {
    super(
        "matches",
        "matches(text, pattern): whether the pattern is found in the text",
        new DataType[] {DataTypes.StringType, DataTypes.StringType},
        DataTypes.BooleanType);
  }

  public static Boolean invoke(UTF8String text, UTF8String pattern) {
    if (text == null || pattern == null) {
      return null;
    }
    Ready ready = ready(pattern);
    int found = ready.plain == null ? Regular.UNKNOWN : ready.plain.find(text);
    boolean is = found == Regular.UNKNOWN ? ready.full.matcher(text.toString()).find() : found == 1;
    return Boolean.valueOf(is);
  }

  private static Ready ready(UTF8String pattern) {
    int at = System.identityHashCode(pattern) & (LATEST.length - 1);
    Ready latest = LATEST[at];
    if (latest == null || latest.of != pattern) {
      String text = pattern.toString();
      Ready known = (Ready) READY.get(text);
      latest = known == null ? made(pattern, text) : new Ready(pattern, known);
      LATEST[at] = latest;
    }
    return latest;
  }

  private static Ready made(UTF8String pattern, String text) {
    if (READY.size() > MOST) {
      READY.clear();
    }
    Ready made = new Ready(pattern, text);
    READY.put(text, made);
    return made;
  }

  private static final class Ready {
    final UTF8String of;
    final Regular plain;
    final Pattern full;

    Ready(UTF8String of, String pattern) {
      this.of = of;
      try {
        this.full = Pattern.compile(pattern);
      } catch (PatternSyntaxException why) {
        throw QueryExecutionErrors.invalidPatternError("matches", pattern, why);
      }
      this.plain = Regular.of(pattern);
    }

    Ready(UTF8String of, Ready known) {
      this.of = of;
      this.full = known.full;
      this.plain = known.plain;
    }
  }
}
