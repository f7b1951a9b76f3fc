// import incident-log: streams the audit log of an incident process into incidents, callers, teams, people and history. A line that cannot be read is
// told with its number and reason; the rest goes in. Importing again brings the same records up to date and doubles nothing.
import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { checkRow, type RecordId } from '@satchel/model';
import { readHeader, readLogLine, type LogHeader, type LogVersion } from './incident-log-reading.ts';
import { incidentRecords, type IncidentRecords } from './incident-log-records.ts';
import { assignTo, logEntities, writeIncidents, type LogTarget } from './incident-log-writing.ts';

export interface IncidentLogOptions {
  /** ISO UTC: incidents as they were just before it. Absent: as the log leaves them. */
  readonly asOf?: string;
  /** Sign-in name of a person who gets the busiest resolver's incidents and a place in the busiest group. */
  readonly assignTo?: string;
  /** A line left out, with its number in the file and why. */
  readonly onRejected?: (line: number, reason: string) => void;
  /** After each batch: lines read so far. */
  readonly onProgress?: (lines: number) => void;
}

export interface IncidentLogFigures {
  /** Lines after the head. */
  readonly lines: number;
  readonly rejected: number;
  readonly incidents: number;
  readonly inserted: number;
  readonly updated: number;
  /** Of the incidents, those neither resolved nor closed. */
  readonly open: number;
  /** Incidents with no version before `asOf`. */
  readonly later: number;
  readonly versions: number;
  readonly comments: number;
  readonly callers: number;
  readonly groups: number;
  readonly resolvers: number;
}

export type IncidentLogReport =
  | ({ readonly ok: true } & IncidentLogFigures)
  /** `detail` names the columns, entities or log-in that are missing. */
  | {
      readonly ok: false;
      readonly fault: 'missing_columns' | 'missing_entities' | 'no_such_login';
      readonly detail: readonly string[];
    };

/** Incidents written in one transaction. */
const batchIncidentsMax = 250;

/** Reads csv text (not compressed) to its end. Rejects where the stream or the database fails; batches written until then stay. */
export async function importIncidentLog(
  source: Readable,
  target: LogTarget,
  options: IncidentLogOptions = {},
): Promise<IncidentLogReport> {
  const have = new Set(target.organisation.entities.map((entity) => entity.name));
  const missing = logEntities.filter((name) => !have.has(name));
  if (missing.length > 0) return { ok: false, fault: 'missing_entities', detail: missing };
  const run = startRun(target, options);
  const lines = source.pipe(
    parse({ bom: true, info: true, relax_column_count: true, relax_quotes: true, skip_empty_lines: true }),
  );
  source.on('error', (error) => lines.destroy(error));
  let header: LogHeader | null = null;
  for await (const { record, info } of lines as AsyncIterable<CsvLine>) {
    if (header === null) {
      const read = readHeader(record);
      if ('missing' in read) {
        source.destroy();
        return { ok: false, fault: 'missing_columns', detail: read.missing };
      }
      header = read;
      continue;
    }
    await run.take(readLogLine(header, record, info.lines), info.lines);
  }
  if (header === null) return { ok: false, fault: 'missing_columns', detail: ['number'] };
  return run.finish();
}

interface CsvLine {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** An id of the form of UUIDv5 from the name: the same at every import and on every machine. */
export function logId(entity: string, name: string): RecordId {
  const hash = createHash('sha1').update(`satchel incident-log ${entity} ${name}`).digest('hex');
  const variant = ((Number.parseInt(hash.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-5${hash.slice(13, 16)}-${variant}${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

/** Gathers the lines of one incident after the other, writes in batches and keeps count. */
function startRun(target: LogTarget, options: IncidentLogOptions) {
  const entity = target.organisation.entities.find((each) => each.name === 'incident');
  const figures = {
    lines: 0,
    rejected: 0,
    incidents: 0,
    inserted: 0,
    updated: 0,
    open: 0,
    later: 0,
    versions: 0,
    comments: 0,
  };
  const seen = {
    numbers: new Set<string>(),
    callers: new Set<string>(),
    groups: createTally(),
    resolvers: createTally(),
  };
  let current: LogVersion[] = [];
  let batch: IncidentRecords[] = [];

  const reject = (line: number, reason: string) => {
    figures.rejected += 1;
    options.onRejected?.(line, reason);
  };
  const count = (records: IncidentRecords) => {
    figures.incidents += 1;
    figures.open += records.isOpen ? 1 : 0;
    figures.versions += records.history.length;
    figures.comments += records.comments;
    if (records.caller !== null) seen.callers.add(records.caller.id);
    if (records.group !== null) seen.groups.add(records.group.id, records.isOpen);
    if (records.resolver !== null) seen.resolvers.add(records.resolver.id, records.isOpen);
  };
  const flush = async () => {
    if (batch.length === 0) return;
    const written = await writeIncidents(target, batch, logId);
    figures.inserted += written.inserted;
    figures.updated += written.updated;
    batch = [];
    options.onProgress?.(figures.lines);
  };
  const closeIncident = async () => {
    const [first] = current;
    if (first === undefined) return;
    const records = incidentRecords(current, options.asOf ?? null, logId);
    current = [];
    if (records === null) {
      figures.later += 1;
      return;
    }
    const faults = entity === undefined ? [] : Object.entries(checkRow(entity, records.incident));
    if (faults.length > 0)
      return reject(
        first.line,
        `${first.number}: ${faults.map(([field, code]) => `${field} ${code}`).join(', ')}`,
      );
    count(records);
    batch.push(records);
    if (batch.length >= batchIncidentsMax) await flush();
  };
  return {
    async take(read: ReturnType<typeof readLogLine>, line: number): Promise<void> {
      figures.lines += 1;
      if ('reason' in read) return reject(line, read.reason);
      if (read.number !== current[0]?.number) {
        await closeIncident();
        if (seen.numbers.has(read.number))
          return reject(line, `the lines of ${read.number} do not stand together; sort the file by number`);
        seen.numbers.add(read.number);
      }
      current.push(read);
    },
    async finish(): Promise<IncidentLogReport> {
      await closeIncident();
      await flush();
      if (options.assignTo !== undefined) {
        const busiest = { resolver: seen.resolvers.busiest(), group: seen.groups.busiest() };
        const isKnown = await assignTo(target, options.assignTo, busiest, logId);
        if (!isKnown) return { ok: false, fault: 'no_such_login', detail: [options.assignTo] };
      }
      const parties = {
        callers: seen.callers.size,
        groups: seen.groups.size(),
        resolvers: seen.resolvers.size(),
      };
      return { ok: true, ...figures, ...parties };
    },
  };
}

/** Who has most to do: open incidents count before finished ones. */
function createTally() {
  const counts = new Map<RecordId, { open: number; all: number }>();
  return {
    add(id: RecordId, isOpen: boolean): void {
      const have = counts.get(id) ?? { open: 0, all: 0 };
      counts.set(id, { open: have.open + (isOpen ? 1 : 0), all: have.all + 1 });
    },
    size: () => counts.size,
    busiest(): RecordId | null {
      const [first] = [...counts].sort(([, a], [, b]) => b.open - a.open || b.all - a.all);
      return first?.[0] ?? null;
    },
  };
}
