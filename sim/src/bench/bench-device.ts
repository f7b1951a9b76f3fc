// A device of a benchmark: the real engine in this process, by HTTP to the real server, its road counting what goes over it.
import { createNodeEngine, fetchTransport, openNodeStorage, type NodeStorage } from '@satchel/device/node';
import type { EngineClient, Transport } from '@satchel/device';
import { password } from './backend.ts';

export interface BenchDevice {
  readonly engine: EngineClient;
  readonly storage: NodeStorage;
  /** What went over the road since the last look. */
  takeTraffic(): Traffic;
  close(): void;
}

export interface Traffic {
  readonly requests: number;
  /** Bytes of bodies, both ways, as they go over the wire. */
  readonly bytes: number;
}

/** Signed in, everything downloaded and proven. */
export async function openBenchDevice(url: string, login: string): Promise<BenchDevice> {
  const storage = await openNodeStorage();
  const clock = {
    wall: () => Date.now(),
    monotonic: () => performance.now(),
    after: (delayMs: number, work: () => void) => {
      const timer = setTimeout(work, delayMs);
      return () => clearTimeout(timer);
    },
    breathe: () => new Promise<void>((done) => setTimeout(done)),
  };
  const road = fetchTransport({ baseUrl: url, clock, chance: Math.random });
  let traffic = { requests: 0, bytes: 0 };
  const transport: Transport = {
    // No wake-ups: it asks when the benchmark says so.
    listen: () => () => undefined,
    call: async (call, signal) => {
      const reply = await road.call(call, signal);
      const sent = call.body === undefined ? 0 : JSON.stringify(call.body).length;
      traffic = { requests: traffic.requests + 1, bytes: traffic.bytes + sent + reply.bytes };
      return reply;
    },
  };
  const engine = await createNodeEngine({ storage, transport, clock });
  await engine.signIn(login, password);
  await engine.download();
  await engine.sync();
  await syncUntilClean(engine);
  return {
    engine,
    storage,
    takeTraffic: () => {
      const taken = traffic;
      traffic = { requests: 0, bytes: 0 };
      return taken;
    },
    close: () => {
      engine.close();
      storage.close();
    },
  };
}

/** How many syncs it took until everything was proven. */
export async function syncUntilClean(engine: EngineClient): Promise<number> {
  for (let syncs = 1; syncs <= 10; syncs += 1) {
    await engine.sync();
    if ((await engine.status()).synced) return syncs;
  }
  throw new Error(`the device does not come to rest: ${JSON.stringify(await engine.status())}`);
}
