package io.lakeward;

import io.delta.storage.HadoopFileSystemLogStore;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.util.Iterator;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.CreateFileOptionKeys;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.PathIOException;

/**
 * Commits to a Delta log in an S3 store, safe for any number of drivers without a lock service: a commit is one PUT
 * that the store refuses (If-None-Match: *) once somebody else has written that version.
 *
 * <p>Each commit carries a name of its own in the object's metadata. When the answer to a PUT is lost and the store
 * refuses the second try, that name tells whether it was this writer who had won.
 */
public class ConditionalLogStore extends HadoopFileSystemLogStore {
  private static final String IF_ABSENT = CreateFileOptionKeys.FS_OPTION_CREATE_CONDITIONAL_OVERWRITE;
  private static final String WRITER = "lakeward-writer";
  private static final String PART_BYTES = "fs.s3a.multipart.size";
  private static final long DEFAULT_PART_BYTES = 64L << 20;

  /** Endpoints and buckets that have been seen to honour the condition. */
  private static final Set<String> PROVEN = ConcurrentHashMap.newKeySet();

  public ConditionalLogStore(Configuration conf) {
    super(conf);
  }

  /**
   * {@inheritDoc}
   *
   * @throws FileAlreadyExistsException another writer has committed this version
   * @throws IOException the store does not honour the condition, the commit is too large for one PUT, or the store
   *     does not say whether the commit was written
   */
  @Override
  public void write(Path path, Iterator<String> actions, Boolean overwrite, Configuration conf) throws IOException {
    FileSystem store = path.getFileSystem(conf);
    if (overwrite) {
      try (FSDataOutputStream out = store.create(path, true)) {
        out.write(joined(actions, Long.MAX_VALUE));
      }
      return;
    }
    byte[] commit = joined(actions, store.getConf().getLongBytes(PART_BYTES, DEFAULT_PART_BYTES));
    prove(store, path.getParent());
    create(store, path, commit);
  }

  @Override
  public Boolean isPartialWriteVisible(Path path, Configuration conf) {
    return false; // an object appears whole or not at all
  }

  // S3A sends what fills a part as a multipart upload, and Ceph 16 ignores the condition when such an upload ends.
  private static byte[] joined(Iterator<String> actions, long limit) throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    while (actions.hasNext()) {
      lines.write((actions.next() + "\n").getBytes(StandardCharsets.UTF_8));
      if (lines.size() >= limit) {
        throw new IOException(
            "this commit is larger than one PUT may be (" + limit + " bytes), and only one PUT is safe beside other"
                + " writers: set spark.hadoop." + PART_BYTES + " higher, or write fewer files at once");
      }
    }
    return lines.toByteArray();
  }

  private static void create(FileSystem store, Path path, byte[] content) throws IOException {
    String writer = UUID.randomUUID().toString();
    FSDataOutputStreamBuilder<?, ?> builder = store.createFile(path).create().overwrite(true).recursive();
    builder.must(IF_ABSENT, true).opt("fs.s3a.create.header." + WRITER, writer);
    FSDataOutputStream out = builder.build();
    try {
      out.write(content);
    } catch (IOException | RuntimeException failure) {
      out.abort(); // close() would publish what there is
      throw failure;
    }
    try {
      out.close();
    } catch (IOException failure) {
      String winner = writerOf(store, path, failure);
      if (winner.equals(writer)) {
        return;
      }
      FileAlreadyExistsException lost = new FileAlreadyExistsException(path.toString());
      lost.initCause(failure);
      throw lost;
    }
  }

  private static String writerOf(FileSystem store, Path path, IOException failure) throws IOException {
    try {
      byte[] writer = store.getXAttr(path, "header." + WRITER);
      return writer == null ? "another tool" : new String(writer, StandardCharsets.UTF_8);
    } catch (FileNotFoundException absent) {
      throw failure;
    } catch (IOException unknown) {
      failure.addSuppressed(unknown);
      throw new IOException("the store does not say whether " + path + " was written; look before writing again", failure);
    }
  }

  private static void prove(FileSystem store, Path log) throws IOException {
    String bucket = store.getUri() + " at " + store.getConf().get("fs.s3a.endpoint", "AWS");
    if (PROVEN.contains(bucket)) {
      return;
    }
    Path probe = new Path(log, "_probe-" + UUID.randomUUID());
    try {
      create(store, probe, new byte[] {'1'});
      create(store, probe, new byte[] {'2'});
    } catch (FileAlreadyExistsException refused) {
      if (!(refused.getCause() instanceof PathIOException)) { // S3A's word for 412; anything else proves nothing
        throw new IOException(bucket + " was not seen to honour conditional writes", refused.getCause());
      }
      PROVEN.add(bucket);
      return;
    } finally {
      store.delete(probe, false);
    }
    throw new IOException(
        bucket + " ignores the condition of a conditional PUT (If-None-Match: *), so writers would overwrite each"
            + " other's commits: use a store that honours it (AWS S3, Ceph 16 or newer), or a local folder");
  }
}
