// What each role carries offline. A technician takes the work of the own teams and all that hangs on it; the office takes all open work.
// Related rules run one way only: work order → incident → asset, contact → account, and notes on any of them.
import type { OfflineProfile, ProfileEntity } from '@satchel/model';

const orderCommands = ['create', 'update', 'take', 'start', 'hold', 'complete'];
const incidentCommands = ['create', 'update', 'assign_to_me', 'resolve', 'reopen'];

/** Small, always useful, first to arrive. */
const directory: readonly ProfileEntity[] = [
  { entity: 'business_unit', rows: 'all', offline: [], priority: 10 },
  { entity: 'team', rows: 'all', offline: [], priority: 10 },
  { entity: 'user', rows: 'all', offline: [], priority: 11 },
  { entity: 'team_member', rows: 'all', offline: [], priority: 12 },
];

/** What hangs on the carried work orders and incidents, however those were chosen. */
const attached: readonly ProfileEntity[] = [
  {
    entity: 'account',
    rows: 'related',
    related: [
      { kind: 'target', entity: 'work_order', field: 'account' },
      { kind: 'target', entity: 'incident', field: 'account' },
      { kind: 'target', entity: 'asset', field: 'account' },
      { kind: 'target', entity: 'contact', field: 'account' },
    ],
    offline: [],
    priority: 30,
  },
  {
    entity: 'contact',
    rows: 'related',
    related: [
      { kind: 'target', entity: 'work_order', field: 'contact' },
      { kind: 'target', entity: 'incident', field: 'caller' },
    ],
    offline: ['create', 'update'],
    priority: 31,
  },
  {
    entity: 'asset',
    rows: 'related',
    related: [
      { kind: 'target', entity: 'work_order', field: 'asset' },
      { kind: 'target', entity: 'incident', field: 'asset' },
    ],
    offline: ['update'],
    priority: 32,
  },
  {
    entity: 'work_order_task',
    rows: 'related',
    related: [{ kind: 'child', entity: 'work_order', field: 'work_order' }],
    offline: ['create', 'update', 'delete', 'finish', 'skip'],
    priority: 40,
  },
  {
    entity: 'work_order_part',
    rows: 'related',
    related: [{ kind: 'child', entity: 'work_order', field: 'work_order' }],
    offline: ['create', 'update', 'delete'],
    priority: 41,
  },
  {
    entity: 'note',
    rows: 'related',
    related: [
      { kind: 'child', entity: 'work_order', field: 'regarding' },
      { kind: 'child', entity: 'incident', field: 'regarding' },
      { kind: 'child', entity: 'asset', field: 'regarding' },
      { kind: 'child', entity: 'account', field: 'regarding' },
    ],
    offline: ['create'],
    priority: 42,
  },
  { entity: 'product', rows: 'all', offline: [], priority: 50 },
  {
    entity: 'review',
    rows: { where: `record.state == 'open' || record.decided_at >= now - duration("168h")` },
    offline: ['accept', 'decline', 'withdraw'],
    priority: 51,
  },
];

const technician: OfflineProfile = {
  name: 'technician',
  label: 'Work of my teams',
  roles: ['technician'],
  entities: [
    ...directory,
    {
      entity: 'work_order',
      rows: {
        where: `(record.owner == user.id || record.team in user.teams) && (record.status != 'closed' || record.actual_end >= now - duration("168h"))`,
      },
      offline: [...orderCommands, 'delete', 'reopen'],
      priority: 20,
    },
    {
      entity: 'incident',
      rows: {
        where: `(record.owner == user.id || record.assignment_group in user.teams) && !(record.state in ['resolved', 'closed'])`,
      },
      related: [{ kind: 'target', entity: 'work_order', field: 'incident' }],
      offline: incidentCommands,
      priority: 21,
    },
    ...attached,
  ],
};

/** Everything that is not finished, whosever it is, with the versions of the incidents. */
const office: OfflineProfile = {
  name: 'office',
  label: 'All open work',
  roles: ['dispatcher', 'supervisor', 'administrator'],
  entities: [
    ...directory,
    {
      entity: 'work_order',
      rows: { where: `record.status != 'closed' || record.actual_end >= now - duration("336h")` },
      offline: [...orderCommands, 'delete', 'close', 'reopen'],
      priority: 20,
    },
    {
      entity: 'incident',
      rows: {
        where: `!(record.state in ['resolved', 'closed']) || record.resolved_at >= now - duration("168h")`,
      },
      related: [{ kind: 'target', entity: 'work_order', field: 'incident' }],
      offline: [...incidentCommands, 'close'],
      priority: 21,
    },
    ...attached.map((part): ProfileEntity =>
      part.entity === 'account' ? { ...part, rows: 'all', offline: ['create', 'update'] } : part,
    ),
    {
      entity: 'incident_history',
      rows: 'related',
      related: [{ kind: 'child', entity: 'incident', field: 'incident' }],
      offline: [],
      priority: 60,
    },
  ],
};

export const profiles: readonly OfflineProfile[] = [technician, office];
