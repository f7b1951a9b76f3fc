// The traps of an audit log, on a few lines written by hand; and the real log where it is at hand.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkRow } from '@satchel/model';
import { fieldService } from '@satchel/field-service';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { logId } from './import-incident-log.ts';
import {
  logColumns,
  readHeader,
  readLogLine,
  readLogMoment,
  type LogVersion,
} from './incident-log-reading.ts';
import { incidentRecords } from './incident-log-records.ts';

const header = readHeader(logColumns);
if ('missing' in header) throw new Error('the head is sound');

const usual: Readonly<Record<string, string>> = {
  number: 'INC0009001',
  incident_state: 'New',
  reassignment_count: '0',
  reopen_count: '0',
  made_sla: 'true',
  caller_id: 'Caller 7',
  opened_at: '1/2/2016 08:00',
  sys_updated_by: 'Updated by 3',
  sys_updated_at: '1/2/2016 08:05',
  contact_type: 'Phone',
  location: 'Location 5',
  category: 'Category 9',
  subcategory: 'Subcategory 2',
  u_symptom: '?',
  impact: '2 - Medium',
  urgency: '2 - Medium',
  priority: '3 - Moderate',
  assignment_group: 'Group 4',
  assigned_to: '?',
  closed_code: 'code 6',
  resolved_by: 'Resolved by 2',
  resolved_at: '3/2/2016 10:00',
  closed_at: '8/2/2016 10:00',
};

const read = (changes: Readonly<Record<string, string>>, line = 2) => {
  const all = { ...usual, ...changes };
  return readLogLine(
    header,
    logColumns.map((name) => all[name] ?? '?'),
    line,
  );
};
const version = (changes: Readonly<Record<string, string>>): LogVersion => {
  const result = read(changes);
  if ('reason' in result) throw new Error(result.reason);
  return result;
};

const course = [
  version({}),
  version({ sys_updated_at: '1/2/2016 09:30', incident_state: 'Active', assigned_to: 'Resolver 1' }),
  version({ sys_updated_at: '1/2/2016 09:40', incident_state: 'Active', assigned_to: 'Resolver 1' }),
  version({ sys_updated_at: '2/2/2016 12:00', incident_state: 'Resolved', assigned_to: 'Resolver 1' }),
  version({
    sys_updated_at: '2/2/2016 13:00',
    incident_state: 'Active',
    assigned_to: 'Resolver 1',
    reopen_count: '1',
  }),
  version({
    sys_updated_at: '3/2/2016 10:00',
    incident_state: 'Resolved',
    assigned_to: 'Resolver 1',
    reopen_count: '1',
  }),
  version({
    sys_updated_at: '8/2/2016 10:00',
    incident_state: 'Closed',
    assigned_to: 'Resolver 1',
    sys_updated_by: 'Updated by 908',
  }),
];
const asOf = (moment: string | null) => incidentRecords(course, moment, logId);

describe('a line of the log', () => {
  it('[LOGIMP-1] days come before months and moments that do not exist are refused', () => {
    expect(readLogMoment('29/2/2016 01:16')).toBe('2016-02-29T01:16:00.000Z');
    expect(readLogMoment('3/12/2016 17:00')).toBe('2016-12-03T17:00:00.000Z');
    for (const wrong of [
      '30/2/2016 10:00',
      '1/13/2016 10:00',
      '1/2/2016 24:00',
      '2016-02-01 10:00',
      '1/2/2016',
    ]) {
      expect(readLogMoment(wrong), wrong).toBeNull();
    }
  });

  it('[LOGIMP-2] a question mark is unknown and becomes nothing', () => {
    expect(version({ assignment_group: '?', u_symptom: '?' })).toMatchObject({ group: null, symptom: null });
  });

  it('[LOGIMP-3] a line that cannot be read is told with its reason', () => {
    expect(read({ number: '?' })).toEqual({ reason: 'has no number' });
    expect(read({ incident_state: 'Dreaming' })).toEqual({
      reason: 'incident_state "Dreaming" is not known',
    });
    expect(read({ sys_updated_at: '31/4/2016 10:00' })).toMatchObject({
      reason: expect.stringContaining('sys_updated_at'),
    });
    expect(readLogLine(header, ['INC1', 'New'], 9)).toEqual({
      reason: 'has 2 columns where the head has 23',
    });
  });
});

describe('the versions of an incident', () => {
  it('[LOGIMP-4] final values stay blank until the incident is resolved or closed', () => {
    expect(asOf('2016-02-01T12:00:00.000Z')?.incident).toMatchObject({
      state: 'active',
      resolved_at: null,
      closed_at: null,
      close_code: null,
      resolution: null,
    });
    expect(asOf('2016-02-04T00:00:00.000Z')?.incident).toMatchObject({
      state: 'resolved',
      resolved_at: '2016-02-03T10:00:00.000Z',
      closed_at: null,
      close_code: 'other',
    });
    expect(asOf(null)?.incident).toMatchObject({ state: 'closed', closed_at: '2016-02-08T10:00:00.000Z' });
  });

  it('[LOGIMP-4] resolved and reopened later, it shows when it was resolved then, not in the end', () => {
    expect(asOf('2016-02-02T12:30:00.000Z')?.incident).toMatchObject({
      state: 'resolved',
      resolved_at: '2016-02-02T12:00:00.000Z',
      close_code: null,
      resolution: null,
    });
  });

  it('[LOGIMP-5] the state just before the moment counts, and there is none before the first version', () => {
    expect(asOf('2016-02-01T09:30:00.000Z')?.incident['state']).toBe('new');
    expect(asOf('2016-02-01T09:31:00.000Z')?.incident['state']).toBe('active');
    expect(asOf('2016-02-01T08:05:00.000Z')).toBeNull();
  });

  it('[LOGIMP-6] each version says in words who changed what; one that changes nothing shown is a comment', () => {
    const records = asOf(null);
    expect(records?.history.map((row) => row['summary'])).toEqual([
      'Opened: New, Group 4',
      'State: New → Active; Owner: none → Resolver 1',
      'Comment',
      'State: Active → Resolved',
      'State: Resolved → Active',
      'State: Active → Resolved',
      'State: Resolved → Closed',
    ]);
    expect(records?.history.at(-1)?.['changed_by']).toBe('Automatic (Updated by 908)');
    expect(records?.comments).toBe(1);
  });

  it('[LOGIMP-7] a state that means nothing is the one before it, and time orders versions, not counters', () => {
    const odd = [
      version({ sys_updated_at: '1/2/2016 10:00', incident_state: '-100' }),
      version({ sys_updated_at: '1/2/2016 09:00', incident_state: 'Active' }),
    ];
    expect(incidentRecords(odd, null, logId)?.incident['state']).toBe('active');
    const alone = [version({ incident_state: '-100' })];
    expect(incidentRecords(alone, null, logId)?.incident['state']).toBe('new');
  });

  it('[LOGIMP-8] ids come from names: a second import meets the same records', () => {
    expect(asOf(null)?.incident['id']).toBe(asOf('2016-02-02T00:00:00.000Z')?.incident['id']);
    expect(logId('user', 'Resolver 1')).toBe(logId('user', 'Resolver 1'));
    expect(logId('user', 'Resolver 1')).not.toBe(logId('contact', 'Resolver 1'));
    expect(logId('user', 'Resolver 1')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });
});

const realLog = join(import.meta.dirname, '../../../../../shared/data/tiny/incident-event-log.tiny.csv');
if (existsSync(realLog)) {
  describe('the real log', () => {
    it('[LOGIMP-9] every incident of a real log becomes a valid record', () => {
      const [head = [], ...lines] = parse(readFileSync(realLog)) as string[][];
      const columns = readHeader(head);
      if ('missing' in columns) throw new Error(columns.missing.join());
      const byNumber = new Map<string, LogVersion[]>();
      for (const [index, line] of lines.entries()) {
        const result = readLogLine(columns, line, index + 2);
        if ('reason' in result) throw new Error(result.reason);
        byNumber.set(result.number, [...(byNumber.get(result.number) ?? []), result]);
      }
      expect(byNumber.size).toBe(40);
      const entity = fieldService.entities.find((each) => each.name === 'incident');
      if (entity === undefined) throw new Error('no incident');
      for (const versions of byNumber.values()) {
        const records = incidentRecords(versions, null, logId);
        expect(records?.history).toHaveLength(versions.length);
        expect(checkRow(entity, records?.incident ?? {})).toEqual({});
      }
    });
  });
}
