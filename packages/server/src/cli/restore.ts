// restore: a backup into an organisation that is not there yet. It gets a history of its own, so devices compare what they have and fetch what
// differs: rows keep the revisions that the backup has, and a revision is never drawn twice. What devices have not sent, or sent after the
// backup, they send again. All or nothing.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { allFields, ident, joinSql, sql, type Entity, type Sql } from '@satchel/model';
import { codeOf } from '../errors.ts';
import { serverLimits } from '../limits.ts';
import type { Database, Tx } from '../store/database.ts';
import { restoringSetting } from '../store/triggers.ts';
import { analyze, createOrganisation, listOrganisations, type Organisation } from '../store/organisation.ts';
import { backupVersion, engineTablesKept, type BackupHead } from './backup.ts';
import type { CommandContext, CommandOutcome } from './open-organisation.ts';
import { pathOf, type Options } from './options.ts';

type JsonRow = Readonly<Record<string, unknown>>;
type Context = Pick<CommandContext, 'database' | 'voice' | 'cwd'>;

export async function restore(
  context: Context,
  words: readonly string[],
  options: Options,
): Promise<CommandOutcome> {
  const [file] = words;
  if (file === undefined || words.length !== 1) return { usage: 'Name one file to read.' };
  const { database, voice } = context;
  const source = createReadStream(pathOf(context.cwd, file));
  const unpacked = source.pipe(createGunzip());
  source.on('error', (failure) => unpacked.destroy(failure));
  try {
    const lines = createInterface({ input: unpacked, crlfDelay: Number.POSITIVE_INFINITY })[
      Symbol.asyncIterator
    ]();
    const head = readHead((await lines.next()).value as string | undefined);
    if (head === null) return failed(voice, `${file} is no backup that this version can read.`);
    const name = options.organisation ?? head.name;
    if ((await listOrganisations(database)).includes(name))
      return failed(
        voice,
        `There is an organisation "${name}" already: restore under another name with --organisation, or into an empty data folder.`,
      );
    const organisation = await createOrganisation(database, {
      name,
      label: head.label,
      solution: head.solution,
    });
    const rows = await fillOrDrop(context, organisation, { [Symbol.asyncIterator]: () => lines });
    if (rows === null) return failed(voice, `${file} is not whole: nothing was restored.`);
    await analyze(database, organisation);
    voice.say(`${rows} rows restored into ${organisation.label} (${name}).`);
    return { ok: true, figures: { organisation: name, rows } };
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === 'ENOENT') return { usage: `There is no file ${file}.` };
    if (code?.startsWith('Z_') === true)
      return failed(voice, `${file} cannot be unpacked: nothing was restored.`);
    throw thrown;
  }
}

/** Rows restored; null where the file ends too early. On any failure the organisation is gone again. */
async function fillOrDrop(
  context: Context,
  organisation: Organisation,
  lines: AsyncIterable<string>,
): Promise<number | null> {
  try {
    const rows = await context.database.write((tx) => fill(tx, context, organisation, lines));
    if (rows === null) await drop(context.database, organisation);
    return rows;
  } catch (thrown) {
    await drop(context.database, organisation);
    throw thrown;
  }
}

async function fill(
  tx: Tx,
  context: Context,
  organisation: Organisation,
  lines: AsyncIterable<string>,
): Promise<number | null> {
  await tx.rows('set local statement_timeout = 0');
  await tx.rows(sql`select set_config(${restoringSetting}, 'on', true)`);
  // The backup says itself which versions were published.
  await tx.rows(sql`delete from ${organisation.table('_published')}`);
  await tx.rows('create temporary table "_later" (entity text, row jsonb) on commit drop');
  const finished = new Set<string>();
  let table = '';
  let batch: JsonRow[] = [];
  let count = 0;
  const flush = async () => {
    await writeBatch(tx, organisation, table, batch, finished);
    batch = [];
    context.voice.progress(`${count} rows`);
  };
  for await (const line of lines) {
    const read = JSON.parse(line) as { table: string; row: JsonRow } | { rows: number };
    if ('rows' in read) {
      await flush();
      await setLater(tx, organisation);
      return read.rows === count ? count : null;
    }
    if (read.table !== table) {
      await flush();
      finished.add(table);
      table = read.table;
    }
    batch.push(read.row);
    count += 1;
    if (batch.length >= serverLimits.batchRowsMax) await flush();
  }
  return null;
}

async function writeBatch(
  tx: Tx,
  organisation: Organisation,
  table: string,
  batch: readonly JsonRow[],
  finished: ReadonlySet<string>,
): Promise<void> {
  if (batch.length === 0) return;
  const entity = organisation.model.findEntity(table);
  if (entity === undefined && !engineTablesKept.some((each) => each === table))
    throw new Error(`a backup does not hold ${table}`);
  const later = entity === undefined ? [] : lookupsAhead(entity, finished);
  const columns = Object.keys(batch[0] ?? {}).filter((name) => !later.includes(name));
  const into = organisation.table(table);
  await tx.rows(
    sql`insert into ${into} (${joinSql(columns.map(ident))}) select ${joinSql(columns.map(ident))}
        from jsonb_populate_recordset(null::${into}, ${JSON.stringify(batch)}::jsonb)`,
  );
  const waiting = batch.filter((row) => later.some((name) => row[name] !== null && row[name] !== undefined));
  if (waiting.length === 0) return;
  await tx.rows(
    sql`insert into pg_temp."_later" select ${table}, value from jsonb_array_elements(${JSON.stringify(waiting)}::jsonb)`,
  );
}

/** Lookups to rows that come later in the file, or to the same table: they are set when everything is in. */
function lookupsAhead(entity: Entity, finished: ReadonlySet<string>): readonly string[] {
  return Object.entries(allFields(entity)).flatMap(([name, field]) =>
    field.type === 'lookup' && field.to.length === 1 && !finished.has(field.to[0] ?? '') ? [name] : [],
  );
}

async function setLater(tx: Tx, organisation: Organisation): Promise<void> {
  const entities = await tx.rows<{ entity: string }>('select distinct entity from pg_temp."_later"');
  for (const { entity: name } of entities) {
    const entity = organisation.model.entity(name);
    const into = organisation.table(name);
    const lookups = Object.entries(allFields(entity)).filter(
      ([, field]) => field.type === 'lookup' && field.to.length === 1,
    );
    const sets: Sql = joinSql(lookups.map(([column]) => sql`${ident(column)} = l.${ident(column)}`));
    // The stamps stay as they were.
    await tx.rows(sql`alter table ${into} disable trigger "_stamp"`);
    await tx.rows(
      sql`update ${into} t set ${sets} from pg_temp."_later" p, lateral jsonb_populate_record(null::${into}, p.row) l
          where p.entity = ${name} and t."id" = l."id"`,
    );
    await tx.rows(sql`alter table ${into} enable trigger "_stamp"`);
  }
}

async function drop(database: Database, organisation: Organisation): Promise<void> {
  await database.write(async (tx) => {
    await tx.rows(sql`drop schema ${ident(organisation.schema)} cascade`);
    await tx.rows(sql`delete from "satchel"."organisation" where name = ${organisation.name}`);
  });
}

function readHead(line: string | undefined): BackupHead | null {
  if (line === undefined || !line.startsWith('{"satchelBackup":')) return null;
  const head = JSON.parse(line) as BackupHead;
  return head.satchelBackup === backupVersion ? head : null;
}

function failed(voice: CommandContext['voice'], line: string): CommandOutcome {
  voice.warn(line);
  return { ok: false, figures: { fault: line } };
}
