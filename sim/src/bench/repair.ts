// One row of 10,000 on the device is not what the server has: what finding and mending it costs, beside the same sync without it.
import { costSettings, costOf, type Cost } from './database-cost.ts';
import { startBackend } from './backend.ts';
import { openBenchDevice, syncUntilClean, type Traffic } from './bench-device.ts';
import { median, rounded, type BenchReport } from './figures.ts';

const login = 'dana';
const aims = { bytes: 12_000, ms: 30 } as const;

interface Taken {
  readonly cost: Cost;
  readonly traffic: Traffic;
  readonly heals: number;
}

export async function measureRepair({
  rows,
  runs,
}: {
  readonly rows: number;
  readonly runs: number;
}): Promise<BenchReport> {
  const backend = await startBackend(rows, costSettings);
  try {
    const { url, database } = backend;
    const device = await openBenchDevice(url, login);
    const { engine, storage } = device;
    const [held = 0] = (storage.cache.rows('select count(*) from incident')[0] ?? []).map(Number);
    const sync = async (): Promise<Taken> => {
      // Something is new, as it always is: only then are digests compared.
      await database.query(
        `update org_demo.account set name = name || '' where id = (select id from org_demo.account order by id limit 1)`,
      );
      const before = (await engine.status()).heals;
      device.takeTraffic();
      const cost = await costOf(database, () => syncUntilClean(engine));
      return { cost, traffic: device.takeTraffic(), heals: (await engine.status()).heals - before };
    };
    await sync();
    const plain: Taken[] = [];
    const mended: Taken[] = [];
    for (let run = 0; run < runs; run += 1) {
      plain.push(await sync());
      storage.cache.run(
        `update incident set short_description = 'damaged', _rev = _rev + 1 where id = (select id from incident order by id limit 1 offset ?)`,
        [Math.floor((held * (run + 1)) / (runs + 2))],
      );
      mended.push(await sync());
    }
    device.close();
    const more = (of: (taken: Taken) => number) => median(mended.map(of)) - median(plain.map(of));
    const bytes = more(({ traffic }) => traffic.bytes);
    const ms = more(({ cost }) => cost.ms);
    return {
      figures: {
        rowsOnDevice: held,
        healed: median(mended.map(({ heals }) => heals)),
        bytes,
        databaseMs: rounded(ms),
        buffers: rounded(more(({ cost }) => cost.buffers)),
        requests: more(({ traffic }) => traffic.requests),
        plainSyncBytes: median(plain.map(({ traffic }) => traffic.bytes)),
        plainSyncDatabaseMs: rounded(median(plain.map(({ cost }) => cost.ms))),
      },
      aims: {
        [`at most ${aims.bytes} bytes`]: bytes <= aims.bytes,
        [`at most ${aims.ms} ms in the database`]: ms <= aims.ms,
      },
    };
  } finally {
    await backend.close();
  }
}
