package io.lakeward.functions;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.TaskContext;
import org.apache.spark.util.CollectionAccumulator;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Numbers of rows that pass by, kept as each task reads them and sent with its result. A few rows may pass as Spark
 * plans, outside of a task and more than once: who reads the numbers holds the count of rows against what was written.
 */
public final class Watch implements Serializable {
  private static final ConcurrentHashMap OPEN = new ConcurrentHashMap();

  private final String name = UUID.randomUUID().toString();
  private final int size;
  private final CollectionAccumulator found;
  private transient ArrayList notes; // of the task whose copy this is, or of who plans

  private Watch(int size, CollectionAccumulator found) {
    this.size = size;
    this.found = found;
  }

  /** A watch whose functions are found by its name until it is closed; those that were found go on. */
  public static Watch opened(SparkContext context, int size) {
    Watch watch = new Watch(size, context.collectionAccumulator());
    OPEN.put(watch.name, watch);
    return watch;
  }

  static Watch named(String name) {
    return (Watch) OPEN.get(name);
  }

  public String name() {
    return name;
  }

  public void close() {
    OPEN.remove(name);
  }

  /** What each task found, one after the other, as the bytes of doubles. */
  public byte[] found() {
    ArrayList all = new ArrayList((List) found.value());
    if (notes != null) {
      all.add(numbers());
    }
    ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * size * all.size()).order(ByteOrder.nativeOrder());
    for (int i = 0; i < all.size(); i++) {
      double[] numbers = (double[]) all.get(i);
      for (int j = 0; j < size; j++) {
        bytes.putDouble(numbers[j]);
      }
    }
    return bytes.array();
  }

  /** Has what a function notes told with the rest. */
  void add(Watching note) {
    if (notes == null) {
      notes = new ArrayList();
      TaskContext task = TaskContext.get();
      if (task != null) {
        task.addTaskCompletionListener(new Sender(this));
      }
    }
    notes.add(note);
  }

  private double[] numbers() {
    double[] numbers = new double[size];
    for (int i = 0; i < notes.size(); i++) {
      ((Watching) notes.get(i)).tell(numbers);
    }
    return numbers;
  }

  private static final class Sender implements TaskCompletionListener {
    private final Watch watch;

    Sender(Watch watch) {
      this.watch = watch;
    }

    @Override
    public void onTaskCompletion(TaskContext task) {
      watch.found.add(watch.numbers());
    }
  }
}
