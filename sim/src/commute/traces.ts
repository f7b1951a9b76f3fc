// Measured networks as they are written down: one line is so many kilobits a second from one moment to the next. Any file of the form is read;
// a line that makes no sense is told with its number and the reason, and the rest counts.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

export interface Sample {
  /** Milliseconds since the trace began. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** Kilobits a second; 0 is no coverage. */
  readonly kbps: number;
}

export interface Trace {
  readonly name: string;
  /** In order, without gaps: a rate holds until the next one is known. */
  readonly samples: readonly Sample[];
}

export interface RejectedLine {
  /** From 1. */
  readonly line: number;
  readonly reason: string;
}

export interface ReadTraces {
  readonly traces: readonly Trace[];
  readonly rejected: readonly RejectedLine[];
}

const columns = ['trace', 't_ms', 'dur_ms', 'kbps'] as const;
type Column = (typeof columns)[number];

interface Row {
  readonly name: string;
  readonly atMs: number;
  readonly durationMs: number;
  readonly kbps: number;
}

/** Reads a .csv or .csv.gz file. Throws where the file cannot be read. */
export async function readTraceFile(path: string): Promise<ReadTraces> {
  const file = createReadStream(path);
  const input = path.endsWith('.gz') ? file.pipe(createGunzip()) : file;
  file.on('error', (error) => input.emit('error', error));
  return readTraces(createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }));
}

/** Lines of comma separated text; the first names the columns trace, t_ms, dur_ms and kbps, in any order and among others. */
export async function readTraces(lines: AsyncIterable<string> | Iterable<string>): Promise<ReadTraces> {
  const rowsByTrace = new Map<string, Row[]>();
  const rejected: RejectedLine[] = [];
  let places: ReadonlyMap<Column, number> | null = null;
  let line = 0;
  for await (const text of lines) {
    line += 1;
    if (text.trim() === '') continue;
    if (places === null) {
      places = placesOf(text);
      const missing = columns.filter((name) => !places?.has(name));
      if (missing.length === 0) continue;
      rejected.push({ line, reason: `the heading has no ${missing.join(', ')}` });
      break;
    }
    const row = rowOf(text, places);
    const before = typeof row === 'string' ? undefined : rowsByTrace.get(row.name)?.at(-1);
    if (typeof row === 'string') rejected.push({ line, reason: row });
    else if (before !== undefined && row.atMs <= before.atMs)
      rejected.push({ line, reason: `t_ms ${row.atMs} does not come after ${before.atMs}` });
    else if (before === undefined) rowsByTrace.set(row.name, [row]);
    else rowsByTrace.get(row.name)?.push(row);
  }
  const traces = [...rowsByTrace].map(([name, rows]) => ({ name, samples: samplesOf(rows) }));
  return { traces, rejected };
}

function placesOf(heading: string): ReadonlyMap<Column, number> {
  const names = heading.split(',').map((name) => name.trim());
  return new Map(columns.filter((name) => names.includes(name)).map((name) => [name, names.indexOf(name)]));
}

/** A row, or why it is none. */
function rowOf(text: string, places: ReadonlyMap<Column, number>): Row | string {
  const cells = text.split(',').map((cell) => cell.trim());
  const cell = (name: Column): string => cells[places.get(name) ?? -1] ?? '';
  const empty = columns.find((name) => cell(name) === '');
  if (empty !== undefined) return `${empty} is missing`;
  const [atMs, durationMs, kbps] = [Number(cell('t_ms')), Number(cell('dur_ms')), Number(cell('kbps'))];
  if (!(atMs >= 0 && Number.isFinite(atMs))) return `t_ms is "${cell('t_ms')}"`;
  if (!(durationMs > 0 && Number.isFinite(durationMs))) return `dur_ms is "${cell('dur_ms')}"`;
  if (!(kbps >= 0 && Number.isFinite(kbps))) return `kbps is "${cell('kbps')}"`;
  return { name: cell('trace'), atMs, durationMs, kbps };
}

function samplesOf(rows: readonly Row[]): readonly Sample[] {
  const startMs = rows[0]?.atMs ?? 0;
  return rows.map((row, index) => ({
    fromMs: row.atMs - startMs,
    untilMs: (rows[index + 1]?.atMs ?? row.atMs + row.durationMs) - startMs,
    kbps: row.kbps,
  }));
}
