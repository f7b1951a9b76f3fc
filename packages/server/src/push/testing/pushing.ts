// Sending mutations to a workshop as a device would, without HTTP in between.
import { randomUUID } from 'node:crypto';
import type { PushAnswer, SealedMutation, Solution, Value } from '@satchel/model';
import type { RawMutation } from '../envelope.ts';
import { push, type PushPorts, type Pusher } from '../push.ts';
import { mutation, openWorkshop, type Workshop } from './workshop.ts';

type Sent = SealedMutation | Readonly<Record<string, unknown>>;
type Pushed = Pick<PushAnswer, 'verdicts' | 'lastSeq' | 'fence'>;

export interface Pushing {
  readonly shop: Workshop;
  readonly ports: PushPorts;
  /** Ids of mutations whose outcome was unknown. */
  readonly reported: readonly string[];
  /** A person on a device of theirs, a new one where none is named. */
  pusherOf(userId: string, deviceId?: string): Promise<Pusher>;
  send(pusher: Pusher, ...mutations: readonly Sent[]): Promise<Pushed>;
  /** A job made by this device as its first mutation: its id and revision. */
  aJob(
    pusher: Pusher,
    set?: Readonly<Record<string, Value>>,
  ): Promise<{ readonly recordId: string; readonly baseRev: number }>;
}

export async function openPushing(solution?: Solution): Promise<Pushing> {
  const shop = await openWorkshop(solution);
  const reported: string[] = [];
  const ports: PushPorts = {
    database: shop.database,
    now: () => '2026-03-01T09:00:00.000Z',
    reference: () => randomUUID(),
    report: ({ mutationId }) => void reported.push(mutationId),
  };
  const send = (pusher: Pusher, ...mutations: readonly Sent[]) => push(ports, pusher, mutations.map(rawOf));
  return {
    shop,
    ports,
    reported,
    send,
    async pusherOf(userId, deviceId) {
      const { organisation, database } = shop;
      const user = await database.read((tx) => organisation.userContext(tx, userId));
      if (user === null) throw new Error('nobody');
      const model = organisation.modelFor(user.roles);
      return {
        organisation,
        caller: { user, model, privileges: model.bundle.privileges },
        deviceId: deviceId ?? (await shop.device(userId)),
      };
    },
    async aJob(pusher, set = {}) {
      const recordId = randomUUID();
      await send(pusher, mutation({ seq: 1, recordId, command: 'create', set: { title: 'Pump', ...set } }));
      const row = await shop.row('job', recordId);
      return { recordId, baseRev: row?.['_rev'] as number };
    },
  };
}

/** As it comes out of a request's body. */
export function rawOf(content: Sent): RawMutation {
  const text = JSON.stringify(content);
  const { id, seq } = content;
  return {
    id: String(id),
    seq: Number(seq),
    bytes: text.length,
    content: JSON.parse(text) as Record<string, unknown>,
  };
}
