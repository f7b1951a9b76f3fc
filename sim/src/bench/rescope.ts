// A person joins a team, and with it gains 500 rows; leaves it, and loses them: what the device's next sync costs the database, and whether one is enough.
import { costSettings, costOf, type Cost } from './database-cost.ts';
import { startBackend } from './backend.ts';
import { openBenchDevice, syncUntilClean, type BenchDevice, type Traffic } from './bench-device.ts';
import { median, rounded, type BenchReport } from './figures.ts';

const login = 'maya';
const moved = 500;
const aimMs = 20;
const team = '01900000-0000-7000-8000-0000000be9c4';

interface Taken {
  readonly cost: Cost;
  readonly traffic: Traffic;
  readonly syncs: number;
  readonly rows: number;
  readonly heals: number;
}

export async function measureRescope({
  rows,
  runs,
}: {
  readonly rows: number;
  readonly runs: number;
}): Promise<BenchReport> {
  const backend = await startBackend(rows, costSettings);
  try {
    const { url, database } = backend;
    await database.query(`insert into org_demo.team (id, name) values ($1, 'Bench')`, [team]);
    // Open incidents of colleagues in her unit, who may be read: only the team keeps them from the device.
    await database.query(
      `update org_demo.incident set assignment_group = $1, owner = c.id
       from (select id from org_demo."user" where login <> $2 and business_unit = (select business_unit from org_demo."user" where login = $2)
             order by id limit 1) c
       where incident.id in (select i.id from org_demo.incident i where i.number like 'BEN-%' order by md5(i.id::text) limit $3)`,
      [team, login, moved],
    );
    const device = await openBenchDevice(url, login);
    const gains: Taken[] = [];
    const losses: Taken[] = [];
    for (let run = 0; run <= runs; run += 1) {
      const sync = () => syncAndCount(device, database);
      await database.query(
        `insert into org_demo.team_member (team, "user") select $1, id from org_demo."user" where login = $2`,
        [team, login],
      );
      const gained = await sync();
      await database.query('delete from org_demo.team_member where team = $1', [team]);
      const lost = await sync();
      // The first of each finds caches cold.
      if (run === 0) continue;
      gains.push(gained);
      losses.push(lost);
    }
    device.close();
    const figuresOf = (name: string, taken: readonly Taken[]) => ({
      [`${name}Rows`]: Math.abs(taken[0]?.rows ?? 0),
      [`${name}DatabaseMs`]: rounded(median(taken.map(({ cost }) => cost.ms))),
      [`${name}Buffers`]: rounded(median(taken.map(({ cost }) => cost.buffers))),
      [`${name}Bytes`]: median(taken.map(({ traffic }) => traffic.bytes)),
      [`${name}Requests`]: median(taken.map(({ traffic }) => traffic.requests)),
      [`${name}Heals`]: median(taken.map(({ heals }) => heals)),
      [`${name}Syncs`]: Math.max(...taken.map(({ syncs }) => syncs)),
    });
    const isClean = [...gains, ...losses].every(({ syncs }) => syncs === 1);
    const gainMs = median(gains.map(({ cost }) => cost.ms));
    const lossMs = median(losses.map(({ cost }) => cost.ms));
    return {
      figures: { rowsInOrganisation: rows, ...figuresOf('gain', gains), ...figuresOf('loss', losses) },
      aims: {
        [`gaining ${moved} rows costs at most ${aimMs} ms in the database`]: gainMs <= aimMs,
        [`losing ${moved} rows costs at most ${aimMs} ms in the database`]: lossMs <= aimMs,
        'clean after one sync': isClean,
      },
    };
  } finally {
    await backend.close();
  }
}

async function syncAndCount(device: BenchDevice, database: Parameters<typeof costOf>[0]): Promise<Taken> {
  const { engine } = device;
  const count = () => Number(device.storage.cache.rows('select count(*) from incident')[0]?.[0]);
  const before = { rows: count(), heals: (await engine.status()).heals };
  device.takeTraffic();
  let syncs = 0;
  const cost = await costOf(database, async () => {
    syncs = await syncUntilClean(engine);
  });
  const heals = (await engine.status()).heals - before.heals;
  return { cost, traffic: device.takeTraffic(), syncs, rows: count() - before.rows, heals };
}
