package io.lakeward.functions;

import java.io.Externalizable;
import java.io.IOException;
import java.io.ObjectInput;
import java.io.ObjectOutput;
import java.util.Arrays;

/** Numbers that were seen, and those that were seen again. It gives up, and holds none, beyond MOST. */
public final class Seen implements Externalizable {
  /** Half a million numbers take 8 MB. */
  static final int MOST = 500000;
  private static final long serialVersionUID = 1L;

  private long[] slots = new long[64]; // 0 is an empty slot
  private int held = 0;
  private boolean isZeroSeen = false;
  private long[] again = new long[4];
  private int repeats = 0;

  public Seen() {}

  void add(long number) {
    if (slots == null) {
      return;
    }
    if (!isNew(number)) {
      repeat(number);
    }
    if (held > MOST || repeats > MOST) {
      giveUp();
    }
  }

  void addAll(Seen other) {
    if (slots == null || other.slots == null) {
      giveUp();
      return;
    }
    for (int i = 0; i < other.repeats; i++) {
      repeat(other.again[i]);
    }
    if (other.isZeroSeen) {
      add(0L);
    }
    long[] theirs = other.slots;
    for (int i = 0; i < theirs.length; i++) {
      if (theirs[i] != 0L) {
        add(theirs[i]);
      }
    }
  }

  /** The numbers that were seen again, or null where too many were seen. */
  long[] twice() {
    return slots == null ? null : Arrays.copyOf(again, repeats);
  }

  private void giveUp() {
    slots = null;
    again = null;
  }

  private boolean isNew(long number) {
    if (number == 0L) {
      boolean isNew = !isZeroSeen;
      isZeroSeen = true;
      return isNew;
    }
    int at = place(number);
    if (slots[at] == number) {
      return false;
    }
    slots[at] = number;
    held++;
    if (2 * held > slots.length) {
      grow();
    }
    return true;
  }

  private int place(long number) {
    int mask = slots.length - 1;
    int at = (int) (number ^ (number >>> 32)) & mask;
    while (slots[at] != 0L && slots[at] != number) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    long[] before = slots;
    slots = new long[2 * before.length];
    for (int i = 0; i < before.length; i++) {
      if (before[i] != 0L) {
        slots[place(before[i])] = before[i];
      }
    }
  }

  private void repeat(long number) {
    if (repeats == again.length) {
      again = Arrays.copyOf(again, 2 * repeats);
    }
    again[repeats] = number;
    repeats++;
  }

  @Override
  public void writeExternal(ObjectOutput out) throws IOException {
    out.writeBoolean(slots == null);
    if (slots == null) {
      return;
    }
    out.writeBoolean(isZeroSeen);
    out.writeInt(held);
    for (int i = 0; i < slots.length; i++) {
      if (slots[i] != 0L) {
        out.writeLong(slots[i]);
      }
    }
    out.writeInt(repeats);
    for (int i = 0; i < repeats; i++) {
      out.writeLong(again[i]);
    }
  }

  @Override
  public void readExternal(ObjectInput in) throws IOException {
    if (in.readBoolean()) {
      giveUp();
      return;
    }
    if (in.readBoolean()) {
      add(0L);
    }
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      add(in.readLong());
    }
    int more = in.readInt();
    for (int i = 0; i < more; i++) {
      repeat(in.readLong());
    }
  }
}
