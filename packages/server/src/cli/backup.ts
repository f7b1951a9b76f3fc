// backup: an organisation as it stands in one snapshot, as lines of JSON in a gzip file: a head, then a line for each row, then a foot that says
// how many there should be. Needs no program of PostgreSQL's. Sessions stay out, and the change log, because a restored history is a new one.
import { createWriteStream } from 'node:fs';
import { rename } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { ident, sql, type Entity, type Solution } from '@satchel/model';
import { serverLimits } from '../limits.ts';
import type { Organisation } from '../store/organisation.ts';
import type { Tx } from '../store/database.ts';
import type { CommandContext, CommandOutcome } from './open-organisation.ts';
import { pathOf } from './options.ts';

export const backupVersion = 1;
/** Engine tables that go along: who may sign in, what makes repeats harmless, and what devices may still speak. */
export const engineTablesKept = [
  '_credential',
  '_user_role',
  '_device',
  '_ledger',
  '_superseded',
  '_published',
] as const;

export interface BackupHead {
  readonly satchelBackup: number;
  readonly name: string;
  readonly label: string;
  readonly solution: Solution;
}

export async function backup(context: CommandContext, words: readonly string[]): Promise<CommandOutcome> {
  const [file] = words;
  if (file === undefined || words.length !== 1) return { usage: 'Name one file to write.' };
  const { organisation, database, voice } = context;
  const path = pathOf(context.cwd, file);
  let rows = 0;
  await database.read(async (tx) => {
    await tx.rows('set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0');
    const lines = linesOf(tx, organisation, (count) => {
      rows = count;
      voice.progress(`${count} rows`);
    });
    await pipeline(
      lines,
      createGzip({ level: 6 }),
      createWriteStream(`${path}.part`, { mode: 0o600, flush: true }),
    );
  });
  // What bears the name is whole.
  await rename(`${path}.part`, path);
  voice.say(`${rows} rows of ${organisation.label} written to ${file}.`);
  return { ok: true, figures: { organisation: organisation.name, rows } };
}

async function* linesOf(
  tx: Tx,
  organisation: Organisation,
  counted: (rows: number) => void,
): AsyncGenerator<string> {
  const { name, label, solution } = organisation;
  const head: BackupHead = { satchelBackup: backupVersion, name, label, solution };
  yield `${JSON.stringify(head)}\n`;
  let count = 0;
  for (const table of [
    ...insertionOrder(organisation.entities).map((entity) => entity.name),
    ...engineTablesKept,
  ]) {
    await tx.rows(
      sql`declare ${ident('_backup')} no scroll cursor for select to_jsonb(t)::text as row from ${organisation.table(table)} t`,
    );
    for (;;) {
      const rows = await tx.rows<{ row: string }>(`fetch ${serverLimits.portionRows} from "_backup"`);
      if (rows.length > 0) yield rows.map(({ row }) => `{"table":"${table}","row":${row}}\n`).join('');
      count += rows.length;
      counted(count);
      if (rows.length < serverLimits.portionRows) break;
    }
    await tx.rows('close "_backup"');
  }
  yield `${JSON.stringify({ rows: count })}\n`;
}

/** Entities so that what a lookup points to comes first, as far as there is no circle. */
export function insertionOrder(entities: readonly Entity[]): readonly Entity[] {
  const ordered: Entity[] = [];
  const waiting = new Map(entities.map((entity) => [entity.name, entity]));
  while (waiting.size > 0) {
    const free = [...waiting.values()].filter((entity) =>
      targetsOf(entity).every((target) => target === entity.name || !waiting.has(target)),
    );
    for (const entity of free.length > 0 ? free : [...waiting.values()].slice(0, 1)) {
      ordered.push(entity);
      waiting.delete(entity.name);
    }
  }
  return ordered;
}

function targetsOf(entity: Entity): readonly string[] {
  return Object.values(entity.fields).flatMap((field) =>
    field.type === 'lookup' && field.to.length === 1 ? field.to : [],
  );
}
