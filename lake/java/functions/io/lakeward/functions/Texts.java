package io.lakeward.functions;

import java.io.Serializable;
import java.util.HashSet;
import org.apache.spark.unsafe.types.UTF8String;

/** Different texts, and the one that came last. */
final class Texts implements Serializable {
  private static final long serialVersionUID = 1L;

  private final HashSet kinds = new HashSet();
  private UTF8String last = null;

  void add(UTF8String text) {
    if (!text.equals(last)) {
      last = text.clone();
      kinds.add(last);
    }
  }

  void addAll(Texts other) {
    kinds.addAll(other.kinds);
  }

  Object[] all() {
    return kinds.toArray();
  }
}
