package io.lakeward.functions;

import java.nio.charset.StandardCharsets;
import org.apache.spark.unsafe.Platform;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * A regular expression as the set of places in it where a text may stand, walked over the text's bytes: no string, no
 * matcher and no way back; each step from such a set by a byte is made once, and then looked up. It knows characters,
 * classes of ASCII, groups, alternatives, counts, and ends at the very beginning and end (Glushkov's automaton, of up
 * to 63 places); all else is left to Java's own.
 */
final class Regular {
  /** What a walk gives beside 0 and 1: the text has letters of which only Java's own patterns know. */
  static final int UNKNOWN = -1;
  private static final int MOST = 63;
  private static final int MOST_REPEATED = 40;
  private static final int STATE = 63;
  private static final int IS_LAST = 64; // beside a state's number: the text may end there
  private static final int NOT_MADE = 0; // no step leads to the first state
  private static final int FOUND = -1;
  private static final int LOST = -2;
  private static final int LEFT_OPEN = -3;

  private final String pattern;
  private final long[] accepts = new long[256]; // by byte: the places that take it
  private final long[] follows = new long[MOST]; // by place: the places after it
  private final long[] states = new long[STATE + 1]; // by number: the places where a text stands; none before its start
  private final byte[] steps = new byte[(STATE + 1) << 8]; // by state and byte: the state after it, once one was made
  private int known = 1;
  private boolean isOfAscii; // whether some class takes letters beyond ASCII without naming them
  private boolean startsAtStart;
  private boolean endsAtEnd;
  private Part whole;
  private int places;
  private int at;

  private Regular(String pattern) {
    this.pattern = pattern;
  }

  /** A pattern made ready, or null where it has what is not known here. */
  static Regular of(String pattern) {
    Regular made = new Regular(pattern);
    try {
      made.read();
      return made;
    } catch (NotKnown why) {
      return null;
    }
  }

  /** Whether the pattern is found in a text: 1, 0 or UNKNOWN. */
  int find(UTF8String text) {
    Object base = text.getBaseObject();
    long from = text.getBaseOffset();
    int bytes = text.numBytes();
    if (endsAtEnd && bytes > 0 && mayEndLine(Platform.getByte(base, from + bytes - 1))) {
      return UNKNOWN;
    }
    if (whole.canBeEmpty && (!endsAtEnd || !startsAtStart || bytes == 0)) {
      return 1;
    }
    int step = 0;
    for (int i = 0; i < bytes; i++) {
      int to = (step & STATE) << 8 | (Platform.getByte(base, from + i) & 0xFF);
      step = steps[to];
      if (step == NOT_MADE) {
        step = made(to);
      }
      if (step < 0) {
        return step == FOUND ? 1 : step == LOST ? 0 : UNKNOWN;
      }
    }
    return (step & IS_LAST) != 0 ? 1 : 0;
  }

  /** Makes a step: from a state by a byte to the state of the places that take it there. */
  private synchronized int made(int at) {
    int state = at >> 8;
    int letter = at & 0xFF;
    long next = state == 0 || !startsAtStart ? whole.first : 0L;
    for (long left = states[state]; left != 0L; left &= left - 1) {
      next |= follows[Long.numberOfTrailingZeros(left)];
    }
    long now = next & accepts[letter];
    boolean isLast = (now & whole.last) != 0L;
    int step;
    if (letter > 127 && isOfAscii) {
      step = LEFT_OPEN;
    } else if (isLast && !endsAtEnd) {
      step = FOUND;
    } else if (now == 0L && startsAtStart) {
      step = LOST;
    } else {
      step = numbered(now, isLast);
    }
    steps[at] = (byte) step;
    return step;
  }

  private int numbered(long places, boolean isLast) {
    int number = 1;
    while (number < known && states[number] != places) {
      number++;
    }
    if (number == states.length) {
      return LEFT_OPEN;
    }
    if (number == known) {
      states[known++] = places;
    }
    return isLast ? number | IS_LAST : number;
  }

  /** Before a line's end at the end of a text, `$` matches too. */
  private static boolean mayEndLine(int letter) {
    return letter == '\n' || letter == '\r' || letter < 0;
  }

  private void read() throws NotKnown {
    startsAtStart = skip('^');
    whole = alternatives(0);
    endsAtEnd = skip('$');
    boolean isOne = whole.alternatives == 1; // in ^a|b$ each end belongs to one of them
    if (at < pattern.length() || (!isOne && (startsAtStart || endsAtEnd))) {
      throw new NotKnown();
    }
  }

  private Part alternatives(int depth) throws NotKnown {
    Part found = sequence(depth);
    while (skip('|')) {
      Part other = sequence(depth);
      found.canBeEmpty |= other.canBeEmpty;
      found.first |= other.first;
      found.last |= other.last;
      found.alternatives++;
    }
    return found;
  }

  private Part sequence(int depth) throws NotKnown {
    Part found = new Part();
    found.canBeEmpty = true;
    while (at < pattern.length() && "|)$".indexOf(pattern.charAt(at)) < 0) {
      found = joined(found, repeated(depth));
    }
    return found;
  }

  private Part joined(Part before, Part after) {
    for (long left = before.last; left != 0L; left &= left - 1) {
      follows[Long.numberOfTrailingZeros(left)] |= after.first;
    }
    Part both = new Part();
    both.canBeEmpty = before.canBeEmpty && after.canBeEmpty;
    both.first = before.first | (before.canBeEmpty ? after.first : 0L);
    both.last = after.last | (after.canBeEmpty ? before.last : 0L);
    return both;
  }

  private Part repeated(int depth) throws NotKnown {
    int start = at;
    Part found = atom(depth);
    int least = 1;
    int most = 1; // -1 for any number
    if (skip('*')) {
      least = 0;
      most = -1;
    } else if (skip('+')) {
      most = -1;
    } else if (skip('?')) {
      least = 0;
    } else if (skip('{')) {
      least = number();
      most = skip(',') ? (peek() == '}' ? -1 : number()) : least;
      need(skip('}') && least <= MOST_REPEATED && most <= MOST_REPEATED && (most < 0 || (most > 0 && least <= most)));
    } else {
      return found;
    }
    skip('?'); // how much is taken first makes no difference to whether there is a match
    need("*+?{".indexOf(peek()) < 0);
    int end = at;
    for (int n = 2; n <= Math.max(least, most); n++) {
      at = start;
      Part again = atom(depth);
      again.canBeEmpty |= n > least;
      found.canBeEmpty |= least == 0;
      found = joined(found, most < 0 && n == least ? looped(again) : again);
    }
    if (most < 0 && least < 2) {
      found = looped(found);
    }
    found.canBeEmpty |= least == 0;
    at = end;
    return found;
  }

  private Part looped(Part part) {
    for (long left = part.last; left != 0L; left &= left - 1) {
      follows[Long.numberOfTrailingZeros(left)] |= part.first;
    }
    return part;
  }

  private Part atom(int depth) throws NotKnown {
    need(at < pattern.length());
    char letter = pattern.charAt(at++);
    switch (letter) {
      case '(':
        need(depth < 20 && (!skip('?') || skip(':')));
        Part inner = alternatives(depth + 1);
        need(skip(')'));
        return inner;
      case '[':
        return classOf();
      case '.':
        isOfAscii = true;
        return place(set("\n\r", true));
      case '\\':
        return place(escaped());
      case '^': case '$': case '*': case '+': case '?': case '{': case '}': case ']': case ')': case '|':
        throw new NotKnown();
      default:
        return letter < 128 ? place(set(String.valueOf(letter), false)) : beyondAscii(letter);
    }
  }

  /** A letter beyond ASCII is its bytes, one after the other. */
  private Part beyondAscii(char letter) throws NotKnown {
    need(!Character.isSurrogate(letter));
    byte[] bytes = String.valueOf(letter).getBytes(StandardCharsets.UTF_8);
    Part found = new Part();
    found.canBeEmpty = true;
    for (int i = 0; i < bytes.length; i++) {
      boolean[] one = new boolean[256];
      one[bytes[i] & 0xFF] = true;
      found = joined(found, place(one));
    }
    return found;
  }

  private Part classOf() throws NotKnown {
    boolean isNegated = skip('^');
    boolean[] taken = new boolean[256];
    need(peek() != ']');
    while (!skip(']')) {
      boolean[] low = member();
      if (peek() == '-' && at + 1 < pattern.length() && pattern.charAt(at + 1) != ']') {
        at++;
        boolean[] high = member();
        int from = only(low);
        int to = only(high);
        need(from <= to);
        for (int i = from; i <= to; i++) {
          taken[i] = true;
        }
      } else {
        add(taken, low);
      }
    }
    if (!isNegated) {
      return place(taken);
    }
    isOfAscii = true;
    for (int i = 0; i < 128; i++) {
      taken[i] = !taken[i];
    }
    return place(taken);
  }

  private boolean[] member() throws NotKnown {
    need(at < pattern.length());
    char letter = pattern.charAt(at++);
    if (letter == '\\') {
      return escaped();
    }
    need(letter < 128 && letter != '[' && letter != '&' && letter != '^');
    return set(String.valueOf(letter), false);
  }

  private boolean[] escaped() throws NotKnown {
    need(at < pattern.length());
    char letter = pattern.charAt(at++);
    switch (letter) {
      case 'd':
        return set("0123456789", false);
      case 's':
        return set(" \t\n\013\f\r", false);
      case 'w':
        boolean[] word = set("_", false);
        for (int i = 0; i < 128; i++) {
          word[i] |= Character.isLetterOrDigit((char) i);
        }
        return word;
      default:
        need(letter < 128 && letter > ' ' && !Character.isLetterOrDigit(letter));
        return set(String.valueOf(letter), false);
    }
  }

  private static boolean[] set(String letters, boolean isNegated) {
    boolean[] taken = new boolean[256];
    for (int i = 0; i < 128; i++) {
      taken[i] = (letters.indexOf((char) i) >= 0) != isNegated;
    }
    return taken;
  }

  private static void add(boolean[] taken, boolean[] more) {
    for (int i = 0; i < taken.length; i++) {
      taken[i] |= more[i];
    }
  }

  private static int only(boolean[] set) throws NotKnown {
    int found = -1;
    for (int i = 0; i < set.length; i++) {
      need(!set[i] || found < 0);
      found = set[i] ? i : found;
    }
    return found;
  }

  private Part place(boolean[] taken) throws NotKnown {
    need(places < MOST);
    long bit = 1L << places++;
    for (int i = 0; i < taken.length; i++) {
      if (taken[i]) {
        accepts[i] |= bit;
      }
    }
    Part one = new Part();
    one.first = bit;
    one.last = bit;
    return one;
  }

  private int number() throws NotKnown {
    int start = at;
    while (at < pattern.length() && pattern.charAt(at) >= '0' && pattern.charAt(at) <= '9') {
      at++;
    }
    need(at > start && at - start < 4);
    return Integer.parseInt(pattern.substring(start, at));
  }

  private char peek() {
    return at < pattern.length() ? pattern.charAt(at) : '\0';
  }

  private boolean skip(char letter) {
    if (peek() != letter || at >= pattern.length()) {
      return false;
    }
    at++;
    return true;
  }

  private static void need(boolean isKnown) throws NotKnown {
    if (!isKnown) {
      throw new NotKnown();
    }
  }

  /** A part of the pattern: the places where it can begin and end. */
  private static final class Part {
    boolean canBeEmpty;
    long first;
    long last;
    int alternatives = 1;
  }

  private static final class NotKnown extends Exception {}
}
