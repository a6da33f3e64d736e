package io.lakeward;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.execution.streaming.checkpointing.CheckpointFileManager.CancellableFSDataOutputStream;
import org.apache.spark.sql.execution.streaming.checkpointing.FileContextBasedCheckpointFileManager;
import org.apache.spark.sql.execution.streaming.checkpointing.FileSystemBasedCheckpointFileManager;

/**
 * Writes the small files beside a Delta log (the checksum of each version) with one PUT.
 *
 * <p>Spark's own way is made for file systems: write under another name, rename. In an S3 store that is a copy and
 * costs 23 requests, more than twice as many as all the rest of a commit. An object appears whole without that.
 */
public class WholeFileManager extends FileSystemBasedCheckpointFileManager {
  private static final String IF_ABSENT = CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE;

  private final Configuration conf;

  public WholeFileManager(Path path, Configuration conf) {
    super(path, conf);
    this.conf = conf;
  }

  @Override
  public CancellableFSDataOutputStream createAtomic(Path path, boolean overwrite) {
    try {
      if (!fs().hasPathCapability(path, IF_ABSENT)) {
        return new FileContextBasedCheckpointFileManager(path, conf).createAtomic(path, overwrite); // Spark's default
      }
      FSDataOutputStreamBuilder<?, ?> builder = fs().createFile(path).create().overwrite(true).recursive();
      return new Whole(builder.must(IF_ABSENT, !overwrite).build());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static final class Whole extends CancellableFSDataOutputStream {
    private final FSDataOutputStream out;

    Whole(FSDataOutputStream out) {
      super(out);
      this.out = out;
    }

    @Override
    public void cancel() {
      out.abort();
    }
  }
}
