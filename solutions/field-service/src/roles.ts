// Who may do what. Work orders and incidents belong to people, so depth counts there; everything else belongs to the organisation.
import type { Depth, Privileges, Role } from '@satchel/model';

function may(create: Depth, read: Depth, update: Depth, remove: Depth): Privileges {
  return { create, read, update, delete: remove };
}

const all = 'organisation';
const readOnly = may('none', all, 'none', 'none');
const office = may(all, all, all, 'none');
const everything = may(all, all, all, all);
/** Changes of one's own that wait for a supervisor; and whoever decides on them. */
const ownReviews = may('none', 'own', 'none', 'none');
const decides = may('none', all, all, 'none');
/** Notes are kept as written, by everybody's leave. */
const appendOnly = may(all, all, 'none', 'none');

const directory = { business_unit: readOnly, user: readOnly, team: readOnly };

const technician: Role = {
  name: 'technician',
  label: 'Technician',
  privileges: {
    ...directory,
    account: readOnly,
    contact: may(all, all, all, 'none'),
    asset: may('none', all, all, 'none'),
    product: readOnly,
    incident: may('own', 'unit', 'team', 'none'),
    // Team, because unassigned orders stand with the dispatcher, who is a member of the teams: a technician may see and take them.
    work_order: may('own', 'unit', 'team', 'own'),
    work_order_task: everything,
    work_order_part: everything,
    note: appendOnly,
    incident_history: readOnly,
    review: ownReviews,
  },
};

const dispatcher: Role = {
  name: 'dispatcher',
  label: 'Dispatcher',
  privileges: {
    ...directory,
    account: office,
    contact: office,
    asset: office,
    product: readOnly,
    incident: office,
    work_order: everything,
    work_order_task: everything,
    work_order_part: everything,
    note: appendOnly,
    incident_history: readOnly,
    review: ownReviews,
  },
};

const supervisor: Role = {
  name: 'supervisor',
  label: 'Supervisor',
  privileges: {
    ...dispatcher.privileges,
    product: office,
    account: everything,
    contact: everything,
    asset: everything,
    incident: everything,
    team: office,
    review: decides,
  },
};

const administrator: Role = {
  name: 'administrator',
  label: 'Administrator',
  isAdministrator: true,
  privileges: {
    ...supervisor.privileges,
    business_unit: everything,
    user: office,
    team: everything,
    product: everything,
  },
};

export const roles: readonly Role[] = [technician, dispatcher, supervisor, administrator];
