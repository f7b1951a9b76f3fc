// export: every record of an entity in id order, as one snapshot, read in portions so that the size does not matter.
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { allFields, formatValue, ident, joinSql, sql, type Entity, type Row } from '@satchel/model';
import { serverLimits } from '../limits.ts';
import type { CommandContext, CommandOutcome } from './open-organisation.ts';
import { pathOf, type Options } from './options.ts';

export async function exportRecords(
  context: CommandContext,
  words: readonly string[],
  options: Options,
): Promise<CommandOutcome> {
  const entity = context.organisation.model.findEntity(words[0] ?? '');
  if (entity === undefined || words.length !== 1) {
    const names = context.organisation.model.bundle.entities.map((each) => each.name).join(', ');
    return { usage: `Name one of ${names}.` };
  }
  const format = options.format ?? 'csv';
  if (format !== 'csv' && format !== 'json') return { usage: '--format is csv or json.' };
  const out: Writable =
    options.out === undefined ? process.stdout : createWriteStream(pathOf(context.cwd, options.out));
  const rows = await writeAll(context, entity, out, format);
  if (options.out !== undefined) {
    out.end();
    await once(out, 'finish');
    context.voice.say(`${rows} records written to ${options.out}.`);
  }
  return { ok: true, figures: { entity: entity.name, rows } };
}

async function writeAll(
  context: CommandContext,
  entity: Entity,
  out: Writable,
  format: 'csv' | 'json',
): Promise<number> {
  const names = Object.keys(allFields(entity));
  const columns = joinSql(names.map(ident));
  const write = async (text: string) => {
    if (!out.write(text)) await once(out, 'drain');
  };
  if (format === 'csv') await write(`${names.map(csvCell).join(',')}\r\n`);
  return context.database.read(async (tx) => {
    // Whoever reads the output may take their time.
    await tx.rows('set local idle_in_transaction_session_timeout = 0');
    let count = 0;
    let after: string | null = null;
    for (;;) {
      const rows: Row[] = await tx.rows<Row>(
        sql`select ${columns} from ${context.organisation.table(entity.name)}
            where ${after}::uuid is null or "id" > ${after}::uuid order by "id" limit ${serverLimits.portionRows}`,
      );
      await write(rows.map((row) => lineOf(entity, names, row, format)).join(''));
      count += rows.length;
      context.voice.progress(`${count} records`);
      const last = rows.at(-1)?.['id'];
      if (rows.length < serverLimits.portionRows || typeof last !== 'string') return count;
      after = last;
    }
  });
}

function lineOf(entity: Entity, names: readonly string[], row: Row, format: 'csv' | 'json'): string {
  if (format === 'json') return `${JSON.stringify(row)}\n`;
  const fields = allFields(entity);
  const cells = names.map((name) => {
    const field = fields[name];
    return csvCell(field === undefined ? '' : formatValue(field, row[name] ?? null));
  });
  return `${cells.join(',')}\r\n`;
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
