// The small server as a stage: rows in maps and no waiting, so that thousands of days fit into minutes. It knows neither permissions nor SQL; what it
// tries is the device.
import { openModel, type Row, type Value } from '@satchel/model';
import type { Call } from '@satchel/device';
import type { NodeStorage } from '@satchel/device/node';
import { createFakeServer, idOf, sampleBundle, type FakeServer } from '@satchel/device/testing';
import { sampleBusiness } from './business.ts';
import type { Chance } from './chance.ts';
import { startDevice, type Character, type SimDevice } from './device.ts';
import type { RowsByEntity } from './rows.ts';
import type { Stage, Weather } from './stage.ts';
import type { Road } from './wire.ts';

const people: readonly Character[] = ['maya', 'omar'].map((login) => ({ id: login, login, role: 'worker' }));
const startMs = Date.UTC(2027, 0, 15, 8, 0, 0);
const customers = 3;
const jobs = 10;

/** `root`: storage in whose SQLite those of the devices are opened. */
export function openMemoryStage(root: NodeStorage, chance: Chance): Stage {
  const server = createFakeServer(sampleBundle());
  const model = openModel(server.bundle);
  const carried = model.carriedEntities().map(({ name }) => name);
  const scopes = new Map<string, RowsByEntity>();
  const devices: SimDevice[] = [];
  // The number of commits is the second part of a cursor.
  const commitsSeen = () => Math.max(0, ...[...scopes.keys()].map((cursor) => Number(cursor.split('.')[1])));
  const office = createOffice(server, chance.fork(), commitsSeen);
  const scopeNow = (): RowsByEntity =>
    new Map(
      carried.map((entity) => [
        entity,
        new Map(
          server
            .rows(entity)
            .filter((row) => server.inScope(entity, row))
            .map((row) => [String(row['id']), row]),
        ),
      ]),
    );
  const road = roadTo(server, chance.fork(), (cursor) => {
    if (!scopes.has(cursor)) scopes.set(cursor, scopeNow());
  });
  return {
    business: sampleBusiness,
    people,
    logins: ['maya', 'maya', 'omar'],
    async device(person) {
      const device = await startDevice({
        person,
        login: person.login,
        password: 'satchel',
        road,
        chance: chance.fork(),
        storage: root.another(),
        wallMs: startMs,
      });
      devices.push(device);
      return device;
    },
    stock: async (morning) => {
      for (let number = 1; number <= customers; number += 1)
        server.write('customer', { id: idOf(100 + number), name: `Customer ${number}`, vip: false });
      for (let number = 1; number <= jobs; number += 1)
        server.write('job', {
          id: idOf(number),
          title: `Job ${number}`,
          status: 'open',
          minutes: 0,
          customer: idOf(101 + morning.below(customers)),
        });
    },
    office: async (_, weather) => office.act(weather),
    backup: async () => {
      const restore = server.backup();
      return async () => restore();
    },
    officeRests: async () => undefined,
    repair: async () => office.repair(),
    scopeOf: async () => ({ scope: scopeNow(), model }),
    scopeAt: async (_person, cursor) => scopes.get(cursor) ?? null,
    wholeModel: async () => model,
    ledger: async () =>
      [...server.devices].flatMap(([deviceId, { ledger }]) =>
        [...ledger].map(([seq, { mutation, verdict }]) => ({ deviceId, seq, mutation, verdict })),
      ),
    counters: async () => new Map([...server.devices].map(([id, { lastSeq }]) => [id, lastSeq])),
    writes: async () =>
      server.writes.map(({ mutation, ...write }) => ({ ...write, mutationId: mutation?.id ?? null })),
    close: async () => {
      for (const device of devices) {
        device.engine().close();
        device.storage().close();
      }
    },
  };
}

/** Share of pushes in which the server cannot say what becomes of one mutation. */
const troubleShare = 0.06;

/** Answers at once. What the person's scope was is noted at every cursor that leaves the server. */
function roadTo(server: FakeServer, chance: Chance, issued: (cursor: string) => void): Road {
  return {
    async call({ method, path, body, token }: Call) {
      const sent = body === undefined ? undefined : (JSON.parse(JSON.stringify(body)) as unknown);
      server.unknown.clear();
      const { mutations = [] } = (sent ?? {}) as { mutations?: readonly { readonly id: string }[] };
      if (mutations.length > 0 && chance.happens(troubleShare)) server.unknown.add(chance.pick(mutations).id);
      const answer = server.handle(method, path, sent, token);
      const told = answer.body as {
        cursor?: string | null;
        pull?: { cursor: string | null };
      } | null;
      for (const cursor of [told?.cursor, told?.pull?.cursor]) if (typeof cursor === 'string') issued(cursor);
      return { ...answer, bytes: 0 };
    },
    listen: () => () => undefined,
  };
}

interface Office {
  act(weather: Weather): string;
  repair(): void;
}

/** `now`: the highest cursor that was given out. */
function createOffice(server: FakeServer, chance: Chance, now: () => number): Office {
  let hidden: ReadonlySet<string> = new Set();
  let made = 0;
  const anyJob = (): Row | null => {
    const rows = server.rows('job');
    return rows.length === 0 ? null : chance.pick(rows);
  };
  const edit = (values: Record<string, Value>): string => {
    const job = anyJob();
    if (job === null) return 'nothing to edit';
    server.write('job', { ...job, ...values });
    return `${JSON.stringify(values)} on ${String(job['id'])}`;
  };
  const acts: readonly (() => string)[] = [
    () => edit({ title: `Title ${chance.below(4)}` }),
    () => edit({ due: `2026-05-1${chance.below(10)}` }),
    () => edit({ tools: chance.happens(0.3) ? null : [chance.pick(['drill', 'ladder', 'pump'])] }),
    () => edit({ status: chance.pick(['open', 'done', 'closed']) }),
    () => {
      const job = anyJob();
      return job === null ? 'no job' : edit({ minutes: Number(job['minutes'] ?? 0) + 1 + chance.below(20) });
    },
    () => {
      const job = anyJob();
      if (job === null) return 'no job';
      server.erase('job', String(job['id']));
      return `erase ${String(job['id'])}`;
    },
    () => {
      made += 1;
      const id = idOf(1_000 + made);
      server.write('job', { id, title: `Office ${made}`, status: 'open', minutes: 0, customer: idOf(101) });
      return `make ${id}`;
    },
    () => {
      const job = anyJob();
      if (job === null) return 'no job';
      made += 1;
      server.write('note', { id: idOf(5_000 + made), text: `Note ${made}`, job: String(job['id']) });
      return 'add a note';
    },
    () => {
      server.expireSessions();
      return 'everybody is signed out';
    },
  ];
  const moves: readonly (() => string)[] = [
    () => {
      const customer = idOf(101 + chance.below(customers));
      hidden = hidden.has(customer) ? new Set() : new Set([customer]);
      const unseen = hidden;
      const isHidden = (row: Row | undefined): boolean => unseen.has(String(row?.['customer'] ?? ''));
      server.inScope = (entity, row) =>
        entity === 'job'
          ? !isHidden(row)
          : entity !== 'note' || !isHidden(server.row('job', String(row['job'])));
      // A change of rights is a change that cursors see.
      server.write('customer', { ...server.row('customer', customer), id: customer });
      return unseen.size === 0 ? 'everything may be seen' : `jobs of ${customer} may not be seen`;
    },
  ];
  const upheavals: readonly (() => string)[] = [
    () => {
      server.horizon = now();
      return 'the log is forgotten';
    },
  ];
  return {
    act: ({ movesPeople, hasUpheaval }) =>
      chance.pick([...acts, ...(movesPeople ? moves : []), ...(hasUpheaval ? upheavals : [])])(),
    repair: () => {
      server.horizon = 0;
    },
  };
}
