// Faults that the server could have. They need PostgreSQL to be found.
import type { Mutant } from './mutant.ts';

const server = 'packages/server/src';

export const serverMutants: readonly Mutant[] = [
  {
    name: 'two-snapshots-in-one-pull',
    story: 'Each statement of a pull sees what was committed when it began.',
    server: 'postgres',
    edits: [
      {
        file: `${server}/store/database.ts`,
        find: "'begin isolation level repeatable read read only'",
        replace: "'begin isolation level read committed read only'",
      },
    ],
  },
  {
    name: 'xmax-only-as-cursor',
    story: 'The cursor counts transactions as finished that were still running.',
    server: 'postgres',
    edits: [
      {
        file: `${server}/sync-read/cursor.ts`,
        find: "isStandby || xip === '' ? [] : xip.split(',').filter((id) => BigInt(id) < top)",
        replace: "xip.split(',').filter((id) => id !== '' && BigInt(id) > top)",
      },
    ],
  },
  {
    name: 'idle-pull-looks-at-the-top-only',
    story: 'A pull is called idle where the log grew below its highest transaction.',
    server: 'postgres',
    edits: [
      {
        file: `${server}/sync-read/head.ts`,
        find: 'c.xid >= r.xid order by c.xid limit 1) = r.xid) as changed',
        replace: 'c.xid >= r.xid order by c.xid limit 1) is null) as changed',
      },
    ],
  },
  {
    name: 'lost-rows-not-told',
    story: 'Rows that left the scope are not told.',
    server: 'postgres',
    edits: [
      {
        file: `${server}/sync-read/delta.ts`,
        find: '      const ids = [...new Set([...put, ...(couldBeHeld.get(name) ?? [])])].sort();',
        replace: '      const ids = [...put].sort();',
      },
    ],
  },
  {
    name: 'previous-values-not-logged',
    story: 'The log does not keep what scope-read fields held before an update.',
    server: 'postgres',
    edits: [
      {
        file: `${server}/store/triggers.ts`,
        find: "    fields.length === 0\n      ? 'null::jsonb'",
        replace: "    fields.length >= 0\n      ? 'null::jsonb'",
      },
    ],
  },
  {
    name: 'related-rows-not-followed',
    story: 'Rows that hang on a row that moved are not looked at.',
    server: 'postgres',
    edits: [
      {
        file: `${server}/sync-read/candidates.ts`,
        find: '  if (moved.length === 0) return [];',
        replace: '  if (moved.length >= 0) return [];',
      },
    ],
  },
  {
    name: 'horizon-ignored',
    story: 'A cursor older than what is left of the log is served from what is left.',
    server: 'postgres',
    edits: [
      {
        file: `${server}/sync-read/pull.ts`,
        find: "return isPastHorizon(cursor, head.horizon) ? 'horizon' : null;",
        replace: "return isPastHorizon(cursor, '0') ? 'horizon' : null;",
      },
    ],
  },
  {
    name: 'bundle-of-cursor-ignored',
    story: 'A new profile is answered with a delta over the old one.',
    server: 'postgres',
    edits: [
      {
        file: `${server}/sync-read/pull.ts`,
        find: "if (cursor.bundle !== bundle || request.bundle !== bundle) return 'bundle';",
        replace: "if (cursor.bundle === '' || request.bundle === '') return 'bundle';",
      },
    ],
  },
  {
    name: 'dependents-not-held',
    story: 'What stands on a refused change is done all the same.',
    server: 'postgres',
    edits: [
      {
        file: `${server}/push/push.ts`,
        find: 'if (step.mutation !== null && holdsBack(step.verdict)) blockers.push(step.mutation);',
        replace: 'if (step.mutation !== null && holdsBack(step.verdict)) blockers.splice(0);',
      },
    ],
  },
  {
    name: 'gap-accepted',
    story: 'After a change whose outcome is unknown the next ones are taken, and the gap with them.',
    server: 'postgres',
    edits: [
      {
        file: `${server}/push/push.ts`,
        find: "if (step.kind === 'fence') return step.fence;",
        replace: "if (step.kind === 'fence') continue;",
      },
      {
        file: `${server}/push/push.ts`,
        find: '  if (raw.seq > lastSeq + 1)',
        replace: '  if (raw.seq > lastSeq + 1_000)',
      },
    ],
  },
  {
    name: 'clone-not-detected',
    story: 'A number that was used before answers with the old verdict, whatever comes under it now.',
    server: 'postgres',
    edits: [
      {
        file: `${server}/push/push.ts`,
        find: 'if (before === null || before.mutationId !== raw.id || !before.payloadHash.equals(hash))',
        replace: 'if (before === null)',
      },
    ],
  },
  {
    name: 'ledger-not-asked',
    story: 'A repeated change is not looked up in the ledger by its number.',
    server: 'postgres',
    edits: [
      {
        file: `${server}/push/push.ts`,
        find: '  if (raw.seq <= lastSeq) {',
        replace: '  if (raw.seq < 0) {',
      },
      {
        file: `${server}/push/ledger.ts`,
        find: 'now())`,\n  );\n  await tx.rows(\n    sql`update',
        replace: 'now()) on conflict do nothing`,\n  );\n  await tx.rows(\n    sql`update',
      },
      {
        file: `${server}/push/push.ts`,
        find: '  if (final !== null) {',
        replace: '  if (final !== null && final.seq < 0) {',
      },
    ],
  },
  {
    name: 'poison-never-quarantined',
    story: 'A change that fails every time is tried for ever, and nothing after it is sent.',
    server: 'postgres',
    edits: [
      {
        file: `${server}/push/push.ts`,
        find: 'raw.id, reference, !passes)',
        replace: 'raw.id, reference, passes && !passes)',
      },
    ],
  },
  {
    name: 'own-steps-count-as-others',
    story: "A device's own earlier write of a row counts as somebody else's.",
    server: 'postgres',
    edits: [
      {
        file: `${server}/push/apply.ts`,
        find: '  return isReachedBy(steps, mutation.baseRev, current);',
        replace: '  return isReachedBy(steps.slice(0, 0), mutation.baseRev, current);',
      },
    ],
  },
  {
    name: 'guards-not-asked',
    story: 'A closed record is changed all the same.',
    server: 'postgres',
    edits: [
      {
        file: 'packages/model/src/guards.ts',
        find: '    if (isTrue(when, { ...scope, record: row })) return guard;',
        replace: '    if (isTrue(when, { ...scope, record: row }) && guard.name === "") return guard;',
      },
    ],
  },
];
