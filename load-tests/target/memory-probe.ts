import { renameSync, writeFileSync } from 'node:fs';
import { getHeapStatistics, setFlagsFromString, writeHeapSnapshot } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Preloaded into a server (`node --import`), ours or a peer: on SIGUSR2 it collects the heap and writes what is left to
 * `LOAD_MEMORY_FILE`; with `LOAD_HEAP_SNAPSHOT`, a heap snapshot as well. It opens nothing, so it costs both sides the same.
 */
export type MemoryReading = {
  heapUsedBytes: number;
  /** Pages that the heap has in RAM, used or not. */
  heapPagesBytes: number;
  /** Memory of C++ objects that the heap refers to, buffers among them. */
  externalBytes: number;
  /** Right after the collection. */
  rssBytes: number;
};

const file = process.env.LOAD_MEMORY_FILE;
if (file !== undefined) {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  process.on('SIGUSR2', () => {
    // A second time for what finalizers of the first let go.
    collect();
    setImmediate(() => {
      collect();
      const { heapUsed, external, rss } = process.memoryUsage();
      const reading: MemoryReading = {
        heapUsedBytes: heapUsed,
        heapPagesBytes: getHeapStatistics().total_physical_size,
        externalBytes: external,
        rssBytes: rss,
      };
      if (process.env.LOAD_HEAP_SNAPSHOT)
        writeHeapSnapshot(`${process.env.LOAD_HEAP_SNAPSHOT}-${Date.now()}.heapsnapshot`);
      writeFileSync(`${file}.tmp`, JSON.stringify(reading));
      renameSync(`${file}.tmp`, file);
    });
  });
}
