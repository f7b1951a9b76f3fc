// One line of the audit log as a version of an incident, or why it cannot be one. Pure. The log writes '?' for unknown, d/m/yyyy hh:mm for moments
// (taken as UTC), and numbers people per column, so that "Resolver 13" and "Updated by 44" may be one person: they are never put together here.

/** A line of the log with its unknowns as null; nothing is interpreted beyond that. */
export interface LogVersion {
  readonly line: number;
  readonly number: string;
  /** Null where the log holds a state that means nothing, such as -100. */
  readonly state: string | null;
  readonly reassignments: number;
  readonly reopenings: number;
  readonly madeSla: boolean;
  readonly caller: string | null;
  readonly openedAt: string | null;
  readonly updatedBy: string | null;
  readonly updatedAt: string;
  readonly contactType: string | null;
  readonly location: string | null;
  readonly category: string | null;
  readonly subcategory: string | null;
  readonly symptom: string | null;
  readonly impact: string | null;
  readonly urgency: string | null;
  readonly priority: string | null;
  readonly group: string | null;
  readonly resolver: string | null;
  /** These four carry their final value on every line. */
  readonly closeCode: string | null;
  readonly resolvedBy: string | null;
  readonly resolvedAt: string | null;
  readonly closedAt: string | null;
}

export const logColumns = [
  'number',
  'incident_state',
  'reassignment_count',
  'reopen_count',
  'made_sla',
  'caller_id',
  'opened_at',
  'sys_updated_by',
  'sys_updated_at',
  'contact_type',
  'location',
  'category',
  'subcategory',
  'u_symptom',
  'impact',
  'urgency',
  'priority',
  'assignment_group',
  'assigned_to',
  'closed_code',
  'resolved_by',
  'resolved_at',
  'closed_at',
] as const;
type LogColumn = (typeof logColumns)[number];

export type LogHeader = Readonly<Record<LogColumn, number>> & { readonly count: number };

/** Where each column stands, or which are missing. */
export function readHeader(names: readonly string[]): LogHeader | { readonly missing: readonly string[] } {
  const missing = logColumns.filter((name) => !names.includes(name));
  if (missing.length > 0) return { missing };
  const places = Object.fromEntries(logColumns.map((name) => [name, names.indexOf(name)]));
  return { ...(places as Record<LogColumn, number>), count: names.length };
}

const states: Readonly<Record<string, string>> = {
  New: 'new',
  Active: 'active',
  'Awaiting User Info': 'awaiting_user',
  'Awaiting Vendor': 'awaiting_vendor',
  'Awaiting Problem': 'awaiting_problem',
  'Awaiting Evidence': 'awaiting_evidence',
  Resolved: 'resolved',
  Closed: 'closed',
};

/** The version on a line, or the reason why it is left out, for a person. */
export function readLogLine(
  header: LogHeader,
  values: readonly string[],
  line: number,
): LogVersion | { readonly reason: string } {
  if (values.length !== header.count)
    return { reason: `has ${values.length} columns where the head has ${header.count}` };
  const text = (column: LogColumn): string | null => {
    const value = (values[header[column]] ?? '').trim().replace(/\s+/g, ' ');
    return value === '' || value === '?' ? null : value;
  };
  const number = text('number');
  if (number === null) return { reason: 'has no number' };
  const stated = text('incident_state');
  if (stated === null || (states[stated] === undefined && !/^-\d+$/.test(stated)))
    return { reason: `incident_state ${JSON.stringify(stated)} is not known` };
  const moments = { opened_at: null, sys_updated_at: null, resolved_at: null, closed_at: null } as Record<
    'opened_at' | 'sys_updated_at' | 'resolved_at' | 'closed_at',
    string | null
  >;
  for (const column of Object.keys(moments) as (keyof typeof moments)[]) {
    const given = text(column);
    moments[column] = given === null ? null : readLogMoment(given);
    if (given !== null && moments[column] === null)
      return { reason: `${column} ${JSON.stringify(given)} is not a moment such as 29/2/2016 01:23` };
  }
  if (moments.sys_updated_at === null) return { reason: 'has no sys_updated_at' };
  const counts = [text('reassignment_count'), text('reopen_count')].map((count) => Number(count ?? '0'));
  if (counts.some((count) => !Number.isSafeInteger(count) || count < 0))
    return { reason: 'a count is not a whole number from 0 on' };
  return {
    line,
    number,
    state: states[stated] ?? null,
    reassignments: counts[0] ?? 0,
    reopenings: counts[1] ?? 0,
    madeSla: text('made_sla') !== 'false',
    caller: text('caller_id'),
    openedAt: moments.opened_at,
    updatedBy: text('sys_updated_by'),
    updatedAt: moments.sys_updated_at,
    contactType: text('contact_type'),
    location: text('location'),
    category: text('category'),
    subcategory: text('subcategory'),
    symptom: text('u_symptom'),
    impact: levelOf(text('impact')),
    urgency: levelOf(text('urgency')),
    priority: levelOf(text('priority')),
    group: text('assignment_group'),
    resolver: text('assigned_to'),
    closeCode: text('closed_code'),
    resolvedBy: text('resolved_by'),
    resolvedAt: moments.resolved_at,
    closedAt: moments.closed_at,
  };
}

/** ISO UTC of `d/m/yyyy hh:mm`; null where there is no such moment. */
export function readLogMoment(text: string): string | null {
  const parts = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d\d)$/.exec(text);
  if (parts === null) return null;
  const [day = '', month = '', year = '', hour = '', minute = ''] = parts.slice(1);
  const two = (digits: string) => digits.padStart(2, '0');
  const iso = `${year}-${two(month)}-${two(day)}T${two(hour)}:${minute}:00.000Z`;
  const ms = Date.parse(iso);
  // Date.parse lets 30 February through as 1 March.
  return Number.isNaN(ms) || new Date(ms).toISOString() !== iso ? null : iso;
}

/** The figure of '3 - Moderate'. */
function levelOf(text: string | null): string | null {
  return text === null ? null : (/^([1-4])(?: -|$)/.exec(text)?.[1] ?? null);
}
