// A road that loses, repeats, cuts, delays and lies, by chance from the run's seed. What the real one does, only more often.
import { setImmediate as turn } from 'node:timers/promises';
import { SyncError } from '@satchel/model';
import type { Call, Reply, Transport } from '@satchel/device';
import type { Chance } from './chance.ts';

/** A way to the server on which a request may also arrive in part. */
export interface Road extends Transport {
  /** The server gets the beginning of a request and then nothing; whatever it answers goes nowhere. Where this is missing nothing arrives. */
  callInPart?(call: Call): Promise<void>;
}

/** Probabilities per call, each in [0, 1]. */
export interface WireFaults {
  /** The request never arrives. */
  readonly loseRequest: number;
  /** Half of the request arrives. */
  readonly cutRequest: number;
  /** The request is given up and arrives all the same, after a later one. */
  readonly straggle: number;
  /** The server does the work; its answer is lost. */
  readonly loseAnswer: number;
  /** The request arrives twice; the second answer is the one that is heard. */
  readonly repeat: number;
  /** The answer is broken off. */
  readonly truncate: number;
  /** A captive portal answers. */
  readonly portal: number;
  /** The request or its answer takes so long that others pass it by. */
  readonly delay: number;
}

export const fairWire: WireFaults = {
  loseRequest: 0,
  cutRequest: 0,
  straggle: 0,
  loseAnswer: 0,
  repeat: 0,
  truncate: 0,
  portal: 0,
  delay: 0,
};
export const roughWire: WireFaults = {
  loseRequest: 0.1,
  cutRequest: 0.03,
  straggle: 0.06,
  loseAnswer: 0.12,
  repeat: 0.08,
  truncate: 0.04,
  portal: 0.02,
  delay: 0.15,
};

export interface Wire extends Transport {
  /** Changes how bad it is; 'cut' is no network at all. */
  set(faults: WireFaults | 'cut'): void;
}

/** Requests that wander about at most; the rest is lost. */
const stragglersMax = 4;
/** Turns of the event loop that a late message takes at most. */
const delayTurnsMax = 12;

export function createWire(server: Road, chance: Chance): Wire {
  let faults: WireFaults | 'cut' = fairWire;
  const stragglers: Call[] = [];
  const arrives = async (call: Call): Promise<void> => {
    try {
      await server.call(call);
    } catch (error) {
      // Nobody listens for the answer any more.
      if (!(error instanceof SyncError)) throw error;
    }
  };
  const someArrive = async (): Promise<void> => {
    while (stragglers.length > 0 && chance.happens(0.4)) {
      const [late] = stragglers.splice(chance.below(stragglers.length), 1);
      if (late !== undefined) await arrives(late);
    }
  };
  const takesTime = async (probability: number): Promise<void> => {
    if (!chance.happens(probability)) return;
    for (let left = 1 + chance.below(delayTurnsMax); left > 0; left -= 1) await turn();
  };
  return {
    set(next) {
      faults = next;
    },
    async call(call: Call, signal?: AbortSignal): Promise<Reply> {
      if (faults === 'cut') throw new SyncError('network');
      const now = faults;
      if (chance.happens(now.loseRequest)) throw new SyncError('network');
      if (chance.happens(now.portal)) throw new SyncError('not_our_server');
      if (chance.happens(now.cutRequest)) {
        await server.callInPart?.(call);
        throw new SyncError('network');
      }
      if (chance.happens(now.straggle)) {
        if (stragglers.length < stragglersMax) stragglers.push(call);
        throw new SyncError('timeout');
      }
      await takesTime(now.delay);
      await someArrive();
      if (chance.happens(now.repeat)) await arrives(call);
      const reply = await server.call(call, signal);
      await someArrive();
      await takesTime(now.delay);
      if (chance.happens(now.loseAnswer)) throw new SyncError(chance.happens(0.5) ? 'network' : 'timeout');
      if (chance.happens(now.truncate)) throw new SyncError('bad_response');
      return reply;
    },
    listen: (token, listener) => server.listen(token, listener),
  };
}
