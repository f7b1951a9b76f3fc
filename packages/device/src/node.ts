// Entry for Node: the same engine on databases in memory, for tests, the simulator and the command line.
import { browserClock } from './adapters/browser-clock.ts';
import { browserHints } from './adapters/browser-hints.ts';
import { fetchTransport } from './adapters/fetch-transport.ts';
import { createIds } from './adapters/ids.ts';
import { openNodeStorage } from './adapters/node-storage.ts';
import type { EngineClient } from './api.ts';
import { createEngine } from './engine.ts';
import type { Ports, Transport } from './ports.ts';

export { openNodeDatabase, openNodeStorage, type NodeStorage } from './adapters/node-storage.ts';
export { fetchTransport } from './adapters/fetch-transport.ts';
export { browserHints } from './adapters/browser-hints.ts';
export { createIds } from './adapters/ids.ts';

/** The road to a server, and whatever part of the platform a caller brings itself. */
export type NodeEngineOptions = Partial<Omit<Ports, 'transport'>> &
  ({ readonly baseUrl: string } | { readonly transport: Transport });

/** An engine in this process. Storage that was brought along is left open when the engine closes. */
export async function createNodeEngine(options: NodeEngineOptions): Promise<EngineClient> {
  const clock = options.clock ?? browserClock();
  const chance = options.chance ?? (() => Math.random());
  const storage = options.storage ?? (await openNodeStorage());
  const engine = await createEngine({
    storage,
    transport:
      'transport' in options
        ? options.transport
        : fetchTransport({ baseUrl: options.baseUrl, clock, chance }),
    hints: options.hints ?? browserHints(),
    clock,
    ids: options.ids ?? createIds(),
    chance,
    deviceName: options.deviceName ?? 'Node',
  });
  return {
    ...engine,
    close() {
      engine.close();
      if (options.storage === undefined) storage.close();
    },
  };
}
