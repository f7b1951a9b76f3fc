// A road that loses, repeats, cuts and lies, by chance from the run's seed. What the real one does, only more often.
import { SyncError } from '@satchel/model';
import type { Call, Reply, Transport } from '@satchel/device';
import type { Chance } from './chance.ts';

/** Probabilities per call, each in [0, 1]. */
export interface WireFaults {
  /** The request never arrives. */
  readonly loseRequest: number;
  /** The server does the work; its answer is lost. */
  readonly loseAnswer: number;
  /** The request arrives twice; the second answer is the one that is heard. */
  readonly repeat: number;
  /** The answer is broken off. */
  readonly truncate: number;
  /** A captive portal answers. */
  readonly portal: number;
}

export const fairWire: WireFaults = { loseRequest: 0, loseAnswer: 0, repeat: 0, truncate: 0, portal: 0 };
export const roughWire: WireFaults = {
  loseRequest: 0.12,
  loseAnswer: 0.12,
  repeat: 0.08,
  truncate: 0.04,
  portal: 0.02,
};

export interface Wire extends Transport {
  /** Changes how bad it is; 'cut' is no network at all. */
  set(faults: WireFaults | 'cut'): void;
}

export function createWire(server: Transport, chance: Chance): Wire {
  let faults: WireFaults | 'cut' = fairWire;
  return {
    set(next) {
      faults = next;
    },
    async call(call: Call, signal?: AbortSignal): Promise<Reply> {
      if (faults === 'cut' || chance.happens(faults.loseRequest)) throw new SyncError('network');
      const { repeat, loseAnswer, truncate, portal } = faults;
      if (chance.happens(portal)) throw new SyncError('not_our_server');
      if (chance.happens(repeat)) await server.call(call, signal);
      const reply = await server.call(call, signal);
      if (chance.happens(loseAnswer)) throw new SyncError(chance.happens(0.5) ? 'network' : 'timeout');
      if (chance.happens(truncate)) throw new SyncError('bad_response');
      return reply;
    },
    listen: (token, listener) => server.listen(token, listener),
  };
}
