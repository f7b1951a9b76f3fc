// The shipped business app, put together from one file per entity.
import { defineSolution, safePolicy, safeScope, type Solution } from '@satchel/model';
import { account } from './entities/account.ts';
import { asset } from './entities/asset.ts';
import { contact } from './entities/contact.ts';
import { incident } from './entities/incident.ts';
import { incidentHistory } from './entities/incident-history.ts';
import { note } from './entities/note.ts';
import type { SolutionPart } from './entities/part.ts';
import { team, user } from './entities/people.ts';
import { product } from './entities/product.ts';
import { workOrder } from './entities/work-order.ts';
import { workOrderPart } from './entities/work-order-part.ts';
import { workOrderTask } from './entities/work-order-task.ts';
import { profiles } from './profiles.ts';
import { roles } from './roles.ts';

const parts: readonly SolutionPart[] = [
  user,
  team,
  product,
  account,
  contact,
  asset,
  incident,
  incidentHistory,
  workOrder,
  workOrderTask,
  workOrderPart,
  note,
];

/** Field service: accounts and their equipment, incidents, work orders with tasks, parts and notes. */
export const fieldService: Solution = defineSolution({
  name: 'field_service',
  label: 'Field service',
  schemaVersion: 1,
  entities: parts.map((part) => part.entity),
  relations: [],
  views: parts.flatMap((part) => part.views),
  forms: parts.map((part) => part.form),
  commands: parts.flatMap((part) => part.commands),
  roles,
  profiles,
  policy: { ...safePolicy, scope: safeScope },
  home: ['work_order', 'incident', 'account', 'asset', 'contact', 'product', 'team', 'review'],
});
