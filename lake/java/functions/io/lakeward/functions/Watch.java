package io.lakeward.functions;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
  private transient double[] numbers;

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
    List tasks = (List) found.value();
    ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * size * tasks.size()).order(ByteOrder.nativeOrder());
    for (int i = 0; i < tasks.size(); i++) {
      double[] numbers = (double[]) tasks.get(i);
      for (int j = 0; j < size; j++) {
        bytes.putDouble(numbers[j]);
      }
    }
    return bytes.array();
  }

  /** The numbers of the task that calls. */
  double[] numbers() {
    if (numbers == null) {
      numbers = new double[size];
      TaskContext task = TaskContext.get();
      if (task == null) {
        found.add(numbers);
      } else {
        task.addTaskCompletionListener(new Sender(found, numbers));
      }
    }
    return numbers;
  }

  private static final class Sender implements TaskCompletionListener {
    private final CollectionAccumulator found;
    private final double[] numbers;

    Sender(CollectionAccumulator found, double[] numbers) {
      this.found = found;
      this.numbers = numbers;
    }

    @Override
    public void onTaskCompletion(TaskContext task) {
      found.add(numbers);
    }
  }
}
