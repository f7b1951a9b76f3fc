// A supervisor of the small server: reviews of what waits for one, and decisions on them, by way of what the server shows.
import {
  defineSolution,
  reviewCommands,
  reviewEntity,
  type Bundle,
  type Row,
  type Verdict,
} from '@satchel/model';
import type { FakeServer } from './fake-server.ts';
import { maya, sampleBundle, sampleSolution } from './sample.ts';

/** The sample, with a day due that is a supervisor's to settle. `carries`: the device has the reviews of its person. */
export function disputedBundle(carries: boolean): Bundle {
  const solution = defineSolution({
    ...sampleSolution,
    entities: sampleSolution.entities.map((entity) => {
      const { due } = entity.fields;
      if (due === undefined) return entity;
      return { ...entity, fields: { ...entity.fields, due: { ...due, conflict: 'supervisor' } } };
    }),
    roles: sampleSolution.roles.map((role) => ({
      ...role,
      privileges: {
        ...role.privileges,
        ...(carries
          ? { [reviewEntity]: { create: 'none', read: 'own', update: 'none', delete: 'none' } }
          : {}),
      },
    })),
    profiles: sampleSolution.profiles.map((profile) => ({
      ...profile,
      entities: carries
        ? [...profile.entities, { entity: reviewEntity, rows: 'all', offline: [], priority: 9 }]
        : profile.entities,
    })),
  });
  return sampleBundle(solution);
}

/** What the real server does with the refusal. */
export function opensReview(server: FakeServer, mutationId: string): void {
  server.write(reviewEntity, { id: mutationId, owner: maya.id, title: 'Due', state: 'open' });
}

/** What the real server does with a supervisor's decision: the record, the review and the author's ledger. */
export function supervises(server: FakeServer, mutationId: string, command: 'accept' | 'decline'): void {
  const review = server.row(reviewEntity, mutationId);
  if (review !== undefined && review['state'] !== 'open') return;
  const isAccepted = command === reviewCommands.accept;
  for (const { ledger } of server.devices.values())
    for (const [seq, { mutation, verdict }] of ledger) {
      if (mutation.id !== mutationId) continue;
      const by = { name: 'Sofia', at: '2027-01-15T09:00:00.000Z' };
      const base = { id: verdict.id, seq, by };
      const final: Verdict = isAccepted
        ? { ...base, outcome: 'merged' }
        : { ...base, outcome: 'rejected', code: 'declined' };
      ledger.set(seq, { mutation, verdict: final });
      const row: Row = server.row(mutation.entity, mutation.recordId) ?? {};
      const mine = Object.entries(mutation.changes).map(([name, { value }]) => [name, value]);
      if (isAccepted) server.write(mutation.entity, { ...row, ...Object.fromEntries(mine) });
    }
  if (review !== undefined)
    server.write(reviewEntity, { ...review, state: isAccepted ? 'accepted' : 'declined' });
}
