// All versions of one incident as records: the incident in its latest state before a moment, who and what it points to, and one history entry for each
// version. Pure; ids come from names, so that a second import meets the same records.
import type { Row, RecordId } from '@satchel/model';
import type { LogVersion } from './incident-log-reading.ts';

/** A person or group named in the log. */
export interface LogParty {
  readonly id: RecordId;
  readonly name: string;
}

export interface IncidentRecords {
  readonly incident: Row;
  readonly history: readonly Row[];
  readonly caller: LogParty | null;
  readonly group: LogParty | null;
  readonly resolver: LogParty | null;
  readonly isOpen: boolean;
  /** Versions that change nothing the log shows: comments and notes. */
  readonly comments: number;
}

/** A record's id by what it is called: the same name gives the same id, at every import. */
export type IdOf = (entity: string, name: string) => RecordId;

/** The records of an incident; null where it has no version before `asOf` (ISO UTC; null: the end of the log). */
export function incidentRecords(
  versions: readonly LogVersion[],
  asOf: string | null,
  idOf: IdOf,
): IncidentRecords | null {
  const known = inOrder(versions).filter((version) => asOf === null || version.updatedAt < asOf);
  const latest = known.at(-1);
  const first = known[0];
  if (latest === undefined || first === undefined) return null;
  const id = idOf('incident', latest.number);
  const party = (entity: string, name: string | null): LogParty | null =>
    name === null ? null : { id: idOf(entity, name), name };
  const caller = party('contact', latest.caller);
  const group = party('team', latest.group);
  const resolver = party('user', latest.resolver);
  const history = known.map((version, index): Row => ({
    id: idOf('incident_history', `${latest.number} ${index}`),
    incident: id,
    version: index,
    changed_at: version.updatedAt,
    changed_by: authorOf(version),
    summary:
      index === 0 ? opening(version) : (changesBetween(known[index - 1] ?? version, version) ?? 'Comment'),
  }));
  const outcome = outcomeOf(known, latest);
  return {
    incident: {
      id,
      number: latest.number,
      short_description: describe(latest),
      state: latest.state ?? 'new',
      priority: latest.priority ?? '3',
      impact: atMost3(latest.impact),
      urgency: atMost3(latest.urgency),
      category: latest.category,
      subcategory: latest.subcategory,
      symptom: latest.symptom,
      location: latest.location,
      contact_type: latest.contactType === null ? null : (contactTypes[latest.contactType] ?? null),
      caller: caller?.id ?? null,
      assignment_group: group?.id ?? null,
      owner: resolver?.id ?? null,
      opened_at: latest.openedAt ?? first.updatedAt,
      ...outcome,
      reassignment_count: latest.reassignments,
      reopen_count: latest.reopenings,
      made_sla: latest.madeSla,
    },
    history,
    caller,
    group,
    resolver,
    isOpen: !isEnded(latest),
    comments: history.filter((entry) => entry['summary'] === 'Comment').length,
  };
}

/** By time; within a minute as the log has them, because its counters are not always in order. A state that means nothing is the one before. */
function inOrder(versions: readonly LogVersion[]): readonly LogVersion[] {
  const sorted = [...versions].sort((a, b) =>
    a.updatedAt < b.updatedAt ? -1 : a.updatedAt > b.updatedAt ? 1 : 0,
  );
  let state = 'new';
  return sorted.map((version) => {
    state = version.state ?? state;
    return { ...version, state };
  });
}

function isEnded(version: LogVersion): boolean {
  return version.state === 'resolved' || version.state === 'closed';
}

/**
 * How it ended, blank until it has. The log carries the final moments and code on every line; where they lie after the version shown (it was
 * reopened later) the moment is when this ending began, and code and person are not known yet.
 */
function outcomeOf(known: readonly LogVersion[], latest: LogVersion) {
  if (!isEnded(latest)) return { resolved_at: null, closed_at: null, close_code: null, resolution: null };
  const lastOpen = known.findLastIndex((version) => !isEnded(version));
  const ending = known[lastOpen + 1] ?? latest;
  const closing = known.slice(lastOpen + 1).find((version) => version.state === 'closed');
  const isFinal = latest.resolvedAt !== null && latest.resolvedAt <= latest.updatedAt;
  const isFinalClose = latest.closedAt !== null && latest.closedAt <= latest.updatedAt;
  const who = isFinal ? [latest.closeCode, latest.resolvedBy].filter((part) => part !== null) : [];
  return {
    resolved_at: isFinal ? latest.resolvedAt : ending.updatedAt,
    closed_at: closing === undefined ? null : isFinalClose ? latest.closedAt : closing.updatedAt,
    close_code: isFinal && latest.closeCode !== null ? 'other' : null,
    resolution: who.length === 0 ? null : `As logged: ${who.join(', ')}`,
  };
}

/** The log has no free text: its words for the matter have to do. */
function describe(version: LogVersion): string {
  const matter = [version.category, version.subcategory].filter((part) => part !== null).join(' / ');
  if (matter === '' && version.symptom === null) return `Incident ${version.number}`;
  return version.symptom === null ? matter : `${version.symptom}${matter === '' ? '' : `, ${matter}`}`;
}

function authorOf(version: LogVersion): string | null {
  if (version.updatedBy === null) return null;
  return automaticAuthors.has(version.updatedBy) ? `Automatic (${version.updatedBy})` : version.updatedBy;
}

/** The account under which the logged service desk closes incidents by itself. */
const automaticAuthors: ReadonlySet<string> = new Set(['Updated by 908']);

const contactTypes: Readonly<Record<string, string>> = {
  Phone: 'phone',
  Email: 'email',
  'Self service': 'self_service',
  IVR: 'ivr',
  'Direct opening': 'direct',
};

const stateLabels: Readonly<Record<string, string>> = {
  new: 'New',
  active: 'Active',
  awaiting_user: 'Awaiting caller',
  awaiting_vendor: 'Awaiting vendor',
  awaiting_problem: 'Awaiting problem',
  awaiting_evidence: 'Awaiting evidence',
  resolved: 'Resolved',
  closed: 'Closed',
};

function opening(version: LogVersion): string {
  const parts = [stateLabels[version.state ?? ''] ?? null, version.group, version.resolver];
  return `Opened: ${parts.filter((part) => part !== null).join(', ')}`;
}

const shown: readonly (readonly [string, (version: LogVersion) => string | null])[] = [
  ['State', (version) => stateLabels[version.state ?? ''] ?? null],
  ['Team', (version) => version.group],
  ['Owner', (version) => version.resolver],
  ['Priority', (version) => version.priority],
  ['Impact', (version) => version.impact],
  ['Urgency', (version) => version.urgency],
  ['Category', (version) => version.category],
  ['Subcategory', (version) => version.subcategory],
  ['Symptom', (version) => version.symptom],
  ['Location', (version) => version.location],
  ['Caller', (version) => version.caller],
  ['Came by', (version) => version.contactType],
  ['Within service level', (version) => (version.madeSla ? 'yes' : 'no')],
];

/** 'State: New → Active; Team: Group 20 → Group 25'; null where nothing shown changed. */
function changesBetween(before: LogVersion, after: LogVersion): string | null {
  const changes = shown.flatMap(([label, read]) => {
    const [from, to] = [read(before), read(after)];
    return from === to ? [] : [`${label}: ${from ?? 'none'} → ${to ?? 'none'}`];
  });
  return changes.length === 0 ? null : changes.join('; ');
}

function atMost3(level: string | null): string | null {
  return level === '4' ? '3' : level;
}
