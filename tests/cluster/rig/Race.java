import io.delta.storage.LogStore;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.FileAlreadyExistsException;
import java.util.List;
import java.util.StringJoiner;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * One of several writers that want the same versions at the same ticks. Reads races from standard input, each a line
 * of class, log folder, number of versions, first tick (ms since 1970) and ms from tick to tick; answers with the
 * versions it was told to have won.
 */
public class Race {
  public static void main(String[] me) throws Exception {
    Configuration conf = new Configuration();
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    System.out.println("ready");
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] race = line.split(" ");
      LogStore store = (LogStore) Class.forName(race[0]).getConstructor(Configuration.class).newInstance(conf);
      Path log = new Path(race[1]);
      long versions = Long.parseLong(race[2]), first = Long.parseLong(race[3]), every = Long.parseLong(race[4]);
      log.getFileSystem(conf).exists(log); // connects before the first tick
      StringJoiner won = new StringJoiner(" ");
      for (long version = 0; version < versions; version++) {
        Thread.sleep(Math.max(0, first + version * every - System.currentTimeMillis()));
        try {
          store.write(new Path(log, String.format("%020d.json", version)), List.of(me[0]).iterator(), false, conf);
          won.add(Long.toString(version));
        } catch (FileAlreadyExistsException lost) {
          continue;
        }
      }
      System.out.println(won);
    }
    System.exit(0);
  }
}
