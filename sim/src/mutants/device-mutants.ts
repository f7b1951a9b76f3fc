// Faults that a device could have. The small server in memory is enough to find them.
import type { Mutant } from './mutant.ts';

const device = 'packages/device/src';

export const deviceMutants: readonly Mutant[] = [
  {
    name: 'digest-ignored',
    story: 'Whatever the server counts, the device calls its rows proven.',
    server: 'memory',
    edits: [
      {
        file: `${device}/delta.ts`,
        find: 'const isProven = sameDigest(mine, theirs);',
        replace: 'const isProven = mine.count >= 0;',
      },
    ],
  },
  {
    name: 'cursor-before-rows',
    story: 'The cursor is saved in a transaction of its own, before the rows it stands for.',
    server: 'memory',
    edits: [
      {
        file: `${device}/delta.ts`,
        find: '  const mismatched = local.cache.transaction(() => {',
        replace: `  const early = answer.cursor;
  if (early !== null && answer.kind !== 'reconcile' && local.cache.get('cursor') !== null)
    local.cache.transaction(() => local.cache.set('cursor', early));
  const mismatched = local.cache.transaction(() => {`,
      },
    ],
  },
  {
    name: 'outbox-cleared-at-push',
    story: 'An accepted change leaves the outbox when the push is answered, before a pull brings its row.',
    server: 'memory',
    edits: [
      {
        file: `${device}/push.ts`,
        find: '  deriveRecords(local, heard.touched);',
        replace: `  local.work.transaction(() => {
    for (const { id } of heard.verdicts) {
      const state = local.work.entry(id)?.state;
      if (state === 'applied' || state === 'merged') local.work.archive(id, state, answer.serverTime);
    }
  });
  deriveRecords(local, heard.touched);`,
      },
    ],
  },
  {
    name: 'settled-before-rows',
    story: 'The outcomes of an answer that brings no rows settle the outbox.',
    server: 'memory',
    edits: [
      {
        file: `${device}/delta.ts`,
        find: "answer.kind === 'reconcile' ? [] : acceptedUpTo(local, answer.settles)",
        replace: 'acceptedUpTo(local, answer.settles)',
      },
    ],
  },
  {
    name: 'base-not-refreshed',
    story: 'A fresh row of a record with pending work does not become its base.',
    server: 'memory',
    edits: [
      {
        file: `${device}/delta.ts`,
        find: '    for (const { entity, rows } of changes) refreshBases(local, entity, rows);',
        replace: '',
      },
    ],
  },
  {
    name: 'rebase-not-redone',
    story: 'A fresh row is shown as it came, without the pending changes of the person.',
    server: 'memory',
    edits: [
      {
        file: `${device}/delta.ts`,
        find: '    local.cache.put(entity, row, 0);\n    if (pending.has(id)) deriveRecord(local, { entity, id }, settled);',
        replace: '    local.cache.put(entity, row, 0);',
      },
    ],
  },
  {
    name: 'pull-deletes-pending-work',
    story: 'A row that leaves takes the pending changes of the person off the screen.',
    server: 'memory',
    edits: [
      {
        file: `${device}/delta.ts`,
        find: '    local.cache.remove(entity, id);\n    if (pending.has(id)) deriveRecord(local, { entity, id }, settled);',
        replace: '    local.cache.remove(entity, id);',
      },
    ],
  },
  {
    name: 'tombstones-dropped',
    story: 'Rows that are gone on the server stay on the device.',
    server: 'memory',
    edits: [
      {
        file: `${device}/delta.ts`,
        find: '      goneIds: gone.map(({ id }) => id),',
        replace: '      goneIds: gone.map(({ id }) => id).slice(1),',
      },
    ],
  },
  {
    name: 'unknown-taken-as-failure',
    story: 'A push without an answer counts as refused.',
    server: 'memory',
    edits: [
      {
        file: `${device}/push.ts`,
        find: "if (entry?.state === 'sending') work.update(id, { state: 'retrying', lastError: error.code });",
        replace:
          "if (entry?.state === 'sending') work.update(id, { state: 'rejected', lastError: error.code });",
      },
    ],
  },
  {
    name: 'number-not-kept',
    story: 'The highest number that was given is forgotten, and is given again.',
    server: 'memory',
    edits: [
      {
        file: `${device}/push.ts`,
        find: "  work.set('lastSeq', lastSeq);\n  return batch;",
        replace: '  return batch;',
      },
    ],
  },
  {
    name: 'sealed-change-changed',
    story: 'A later save is joined to a change that is on the wire already.',
    server: 'memory',
    edits: [
      {
        file: `${device}/outbox.ts`,
        find: "last.seq === null && last.attempts === 0 && last.state === 'queued'",
        replace: "last.state === 'queued' || last.state === 'retrying'",
      },
    ],
  },
  {
    name: 'undo-after-sealing',
    story: 'A change that may have reached the server can be taken back as if it had not.',
    server: 'memory',
    edits: [
      {
        file: `${device}/decisions.ts`,
        find: "entry.seq !== null || entry.attempts > 0 || (entry.state !== 'queued' && entry.state !== 'held')",
        replace: "entry.state !== 'queued' && entry.state !== 'retrying' && entry.state !== 'held'",
      },
    ],
  },
  {
    name: 'refusal-forgotten',
    story: 'A refusal that is told again counts as applied.',
    server: 'memory',
    edits: [
      {
        file: `${device}/verdicts.ts`,
        find: "verdict.outcome === 'duplicate' ? (verdict.original ?? 'applied') : verdict.outcome",
        replace: "verdict.outcome === 'duplicate' ? 'applied' : verdict.outcome",
      },
    ],
  },
  {
    name: 'base-dropped-under-work',
    story: 'The base of a record is dropped while changes of it are pending.',
    server: 'memory',
    edits: [
      {
        file: `${device}/visible.ts`,
        find: '    if (!isPending) local.work.removeBase(entity, id);',
        replace: '    if (isPending || !isPending) local.work.removeBase(entity, id);',
      },
    ],
  },
  {
    name: 'sent-is-forgotten',
    story: 'What was on the wire when the process died is not sent again.',
    server: 'memory',
    edits: [
      {
        file: `${device}/visible.ts`,
        find: "if (entry.state === 'sending') local.work.update(id, { state: 'queued' });",
        replace: "if (entry.state === 'sending') local.work.archive(id, 'applied', null);",
      },
    ],
  },
  {
    name: 'repair-leaves-extra-rows',
    story: 'Repairing fetches what is missing and keeps what should have gone.',
    server: 'memory',
    edits: [
      {
        file: `${device}/reconcile.ts`,
        find: '  if (gone.length > 0) applyRepair(local, entity, [], [], gone);',
        replace: '',
      },
    ],
  },
  {
    name: 'client-always-wins',
    story: 'A field that both sides changed takes the value of the device, and nobody is asked.',
    server: 'memory',
    edits: [
      {
        file: 'packages/model/src/merge.ts',
        find: "      return { kind: 'clash', clash, by: 'person' };",
        replace: "      return { kind: 'settled', clash: { ...clash, result: clash.mine, rule: 'client' } };",
      },
    ],
  },
  {
    name: 'sum-takes-mine',
    story: 'A number that adds up takes the total of whoever comes last.',
    server: 'memory',
    edits: [
      {
        file: 'packages/model/src/merge-rules.ts',
        find: '  const total = now + (wanted - from);',
        replace: '  const total = wanted;',
      },
    ],
  },
];
