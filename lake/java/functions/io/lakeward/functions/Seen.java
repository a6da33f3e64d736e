package io.lakeward.functions;

import java.util.Arrays;

/**
 * Numbers that were seen, and those that were seen again, kept in arrays of Java's own: a class of ours would not be
 * found where executors read what others sent, as Spark looks for it in its own JARs alone. Beyond MOST it gives up.
 */
final class Seen {
  /** Half a million numbers take up to 8 MB. */
  static final int MOST = 500000;
  private static final int SLOTS = 0; // an open hash table; 0 is an empty slot, null is given up
  private static final int COUNTS = 1;
  private static final int AGAIN = 2;
  private static final int HELD = 0;
  private static final int ZEROS = 1;
  private static final int REPEATS = 2;

  private Seen() {}

  static long[][] none() {
    return new long[][] {new long[64], new long[3], new long[4]};
  }

  static void add(long[][] seen, long number) {
    if (seen[SLOTS] == null) {
      return;
    }
    if (!isNew(seen, number)) {
      repeat(seen, number);
    } else if (seen[COUNTS][HELD] > MOST) {
      giveUp(seen);
    }
  }

  static void addAll(long[][] seen, long[][] others) {
    if (seen[SLOTS] == null || others[SLOTS] == null) {
      giveUp(seen);
      return;
    }
    // They come in the order of their places: a table that grows under them would have each half of it overfull in turn.
    makeRoom(seen, others[COUNTS][HELD]);
    long[] slots = others[SLOTS];
    for (int i = 0; i < slots.length; i++) {
      if (slots[i] != 0L) {
        add(seen, slots[i]);
      }
    }
    if (others[COUNTS][ZEROS] > 0) {
      add(seen, 0L);
    }
    for (int i = 0; i < others[COUNTS][REPEATS] && seen[SLOTS] != null; i++) {
      repeat(seen, others[AGAIN][i]);
    }
  }

  /** The numbers that were seen again, or null where too many were seen. */
  static long[] twice(long[][] seen) {
    return seen[SLOTS] == null ? null : Arrays.copyOf(seen[AGAIN], (int) seen[COUNTS][REPEATS]);
  }

  private static void giveUp(long[][] seen) {
    seen[SLOTS] = null;
    seen[AGAIN] = null;
  }

  private static boolean isNew(long[][] seen, long number) {
    long[] counts = seen[COUNTS];
    if (number == 0L) {
      counts[ZEROS]++;
      return counts[ZEROS] == 1;
    }
    long[] slots = seen[SLOTS];
    int at = place(slots, number);
    if (slots[at] == number) {
      return false;
    }
    slots[at] = number;
    counts[HELD]++;
    makeRoom(seen, 0);
    return true;
  }

  private static int place(long[] slots, long number) {
    int mask = slots.length - 1;
    int at = (int) (number ^ (number >>> 32)) & mask;
    while (slots[at] != 0L && slots[at] != number) {
      at = (at + 1) & mask;
    }
    return at;
  }

  /** Have three slots of four at most taken, also when so many more have come. */
  private static void makeRoom(long[][] seen, long more) {
    long[] before = seen[SLOTS];
    long held = Math.min(seen[COUNTS][HELD] + more, MOST + 1L);
    int length = before.length;
    while (4 * held > 3L * length) {
      length *= 2;
    }
    if (length == before.length) {
      return;
    }
    long[] slots = new long[length];
    for (int i = 0; i < before.length; i++) {
      if (before[i] != 0L) {
        slots[place(slots, before[i])] = before[i];
      }
    }
    seen[SLOTS] = slots;
  }

  private static void repeat(long[][] seen, long number) {
    int repeats = (int) seen[COUNTS][REPEATS];
    if (repeats == seen[AGAIN].length) {
      seen[AGAIN] = Arrays.copyOf(seen[AGAIN], 2 * repeats);
    }
    seen[AGAIN][repeats] = number;
    seen[COUNTS][REPEATS]++;
    if (repeats == MOST) {
      giveUp(seen);
    }
  }
}
