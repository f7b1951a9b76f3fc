// sync-status: how the devices of an organisation stand, as a table, with what is open below it. The same as GET /api/admin/sync tells.
import type { AdminDevice } from '@satchel/model';
import { serverLimits } from '../limits.ts';
import { readSyncStatus } from '../sync-read/sync-status.ts';
import type { CommandContext, CommandOutcome } from './open-organisation.ts';

export async function syncStatus(
  { database, organisation, voice }: CommandContext,
  words: readonly string[],
): Promise<CommandOutcome> {
  if (words.length > 0) return { usage: 'It takes no arguments.' };
  const devices: AdminDevice[] = [];
  let after: string | null = null;
  do {
    const page = await readSyncStatus(
      database,
      organisation,
      { after, limit: serverLimits.adminDevicesMax },
      new Date().toISOString(),
    );
    devices.push(...page.devices);
    after = page.next;
  } while (after !== null);
  for (const line of tableOf([heading, ...devices.map(cellsOf)])) voice.say(line);
  for (const device of devices) for (const line of openOf(device)) voice.say(line);
  const sum = (of: (device: AdminDevice) => number) => devices.reduce((total, each) => total + of(each), 0);
  return {
    ok: true,
    figures: {
      devices,
      openIssues: sum(({ issues }) => issues.total),
      healedRows: sum(({ healedRows }) => healedRows),
      superseded: sum(({ superseded }) => superseded.total),
    },
  };
}

const heading = [
  'person',
  'device',
  'last contact',
  'sent',
  'settled',
  'cursor age',
  'healed',
  'open',
  'superseded',
];

function cellsOf(device: AdminDevice): readonly string[] {
  return [
    device.user.login,
    `${device.name} ${device.id}`,
    device.lastSeenAt,
    String(device.lastSeq),
    String(device.settledSeq),
    device.cursorAgeMs === null ? '-' : `${Math.round(device.cursorAgeMs / 60_000)} min`,
    String(device.healedRows),
    String(device.issues.total),
    String(device.superseded.total),
  ];
}

function openOf(device: AdminDevice): readonly string[] {
  const issues = device.issues.items.map(
    (each) =>
      `${device.user.login}: ${each.outcome} ${each.code ?? ''} ${each.command ?? ''} ${each.entity ?? ''} ${each.recordId ?? ''} ${JSON.stringify(each.payload?.['changes'] ?? null)}`,
  );
  const heals = device.heals.items.map(
    (each) =>
      `${device.user.login}: healed ${each.entity} (${each.why}) ${each.missing} missing, ${each.extra} extra, ${each.stale} stale, at ${each.at}`,
  );
  return [...issues, ...heals];
}

/** Columns as wide as their widest cell. */
function tableOf(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = heading.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
