// import csv: streams a file of any size into an entity's table; a bad line is told and left out, the rest goes in.
import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { randomUUID } from 'node:crypto';
import { sql, type Entity, type Row, type Value } from '@satchel/model';
import { codeOf } from '../errors.ts';
import { serverLimits } from '../limits.ts';
import { guessMapping, readCsvRow, readMapping, type CsvMapping } from './csv-mapping.ts';
import { pathOf, type Options } from './options.ts';
import type { CommandContext, CommandOutcome } from './open-organisation.ts';
import { writeRowsApart } from './write-rows.ts';

interface Tally {
  rows: number;
  inserted: number;
  updated: number;
  rejected: number;
}
interface Numbered {
  readonly line: number;
  readonly row: Row;
}

export async function importCsv(
  context: CommandContext,
  words: readonly string[],
  options: Options,
): Promise<CommandOutcome> {
  const [file] = words;
  if (file === undefined || words.length !== 1) return { usage: 'Name one csv file.' };
  const entity = context.organisation.model.findEntity(options.entity ?? '');
  if (entity === undefined) {
    const names = context.organisation.model.bundle.entities.map((each) => each.name).join(', ');
    return { usage: `--entity must be one of ${names}.` };
  }
  const mapped = options.map === undefined ? null : readMapping(options.map, entity);
  if (mapped !== null && 'usage' in mapped) return mapped as { usage: string };
  const tally: Tally = { rows: 0, inserted: 0, updated: 0, rejected: 0 };
  try {
    await readLines(context, entity, mapped as CsvMapping | null, file, options.delimiter ?? ',', tally);
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === 'ENOENT') return { usage: `There is no file ${file}.` };
    if (code === null || !/^(CSV_|Z_)/.test(code)) throw thrown;
    context.voice.warn(`${file} cannot be read any further: ${code}`);
    return { ok: false, figures: { ...tally, fault: code } };
  }
  await context.database.rows(sql`analyze ${context.organisation.table(entity.name)}`);
  const { rows, inserted, updated, rejected } = tally;
  context.voice.say(`${rows} rows read: ${inserted} new, ${updated} updated, ${rejected} rejected.`);
  return { ok: rows === 0 || rejected < rows, figures: { ...tally } };
}

async function readLines(
  context: CommandContext,
  entity: Entity,
  given: CsvMapping | null,
  file: string,
  delimiter: string,
  tally: Tally,
): Promise<void> {
  const source = file === '-' ? process.stdin : createReadStream(pathOf(context.cwd, file));
  const plain: Readable = file.endsWith('.gz') ? source.pipe(createGunzip()) : source;
  const parser = plain.pipe(
    parse({
      columns: true,
      bom: true,
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
    }),
  );
  source.on('error', (failure: Error) => parser.destroy(failure));
  plain.on('error', (failure: Error) => parser.destroy(failure));
  let mapping = given;
  let batch: Numbered[] = [];
  for await (const { record, info } of parser as AsyncIterable<{
    record: Record<string, string>;
    info: { lines: number; columns: readonly { name: string }[] };
  }>) {
    mapping ??= guessMapping(entity, Object.keys(record));
    tally.rows += 1;
    const read = readCsvRow(entity, mapping, record);
    if (read.kind === 'faults') {
      tally.rejected += 1;
      const faults = read.faults.map(
        ({ field, code, text }) => `${field} ${code}${text === '' ? '' : ` "${text}"`}`,
      );
      context.voice.warn(`line ${info.lines}: ${faults.join('; ')}`);
      continue;
    }
    batch.push({ line: info.lines, row: { ...read.record.values, id: read.record.id ?? randomUUID() } });
    if (batch.length >= serverLimits.batchRowsMax) {
      await writeBatch(context, entity, mapping, batch, tally);
      batch = [];
      context.voice.progress(`${tally.rows} rows`);
    }
  }
  if (mapping !== null) await writeBatch(context, entity, mapping, batch, tally);
}

async function writeBatch(
  context: CommandContext,
  entity: Entity,
  mapping: CsvMapping,
  batch: readonly Numbered[],
  tally: Tally,
): Promise<void> {
  const columns = [...new Set(['id', ...Object.keys(mapping)])];
  const rows = batch.map(({ row }) =>
    Object.fromEntries(columns.map((name): [string, Value] => [name, row[name] ?? defaultOf(entity, name)])),
  );
  const written = await context.database.write((tx) =>
    writeRowsApart(tx, context.organisation, entity, columns, rows),
  );
  tally.inserted += written.inserted;
  tally.updated += written.updated;
  tally.rejected += written.refused.length;
  for (const { index, code, column } of written.refused) {
    context.voice.warn(
      `line ${batch[index]?.line ?? '?'}: ${reasons[code] ?? `refused by the database (${code})`}${column === null ? '' : ` (${column})`}`,
    );
  }
}

const reasons: Readonly<Record<string, string>> = {
  '21000': 'the same id stands in this file twice',
  '23502': 'a required value is missing',
  '23503': 'points to a record that does not exist',
  '23505': 'another record holds this value',
};

/** What a mapped but empty column gets: the field's plain default. */
function defaultOf(entity: Entity, name: string): Value {
  const value = entity.fields[name]?.default ?? null;
  return value !== null && typeof value === 'object' && 'expression' in value ? null : (value as Value);
}
