// A few lines of an incident audit log in the form that service desks export; invented, for machines that do not have a real one.

const columns =
  'number,incident_state,active,reassignment_count,reopen_count,sys_mod_count,made_sla,caller_id,opened_by,opened_at,sys_created_by,sys_created_at,sys_updated_by,sys_updated_at,contact_type,location,category,subcategory,u_symptom,cmdb_ci,impact,urgency,priority,assignment_group,assigned_to,knowledge,u_priority_confirmation,notify,problem_id,rfc,vendor,caused_by,closed_code,resolved_by,resolved_at,closed_at';

/** Three incidents in two versions each, all with one resolver. */
export function sampleLog(): string {
  const lines = [1, 2, 3].flatMap((n) => [version(n, 'New', 0, '09:10'), version(n, 'Active', 1, '11:40')]);
  return `${[columns, ...lines].join('\n')}\n`;
}

function version(n: number, state: string, count: number, at: string): string {
  const opened = `${n}/3/2016 09:0${n}`;
  return [
    `INC000900${n}`,
    state,
    'true',
    '0',
    '0',
    count,
    'true',
    `Caller ${n}`,
    'Opened by  1',
    opened,
    'Created by 1',
    opened,
    'Updated by 1',
    `${n}/3/2016 ${at}`,
    'Phone',
    `Location ${n}`,
    'Category 1',
    'Subcategory 1',
    `Symptom ${n}`,
    '?',
    '2 - Medium',
    '2 - Medium',
    '3 - Moderate',
    'Group 1',
    'Resolver 1',
    'true',
    'false',
    'Do Not Notify',
    '?',
    '?',
    '?',
    '?',
    'code 1',
    'Resolved by 1',
    `${n + 4}/3/2016 10:00`,
    `${n + 9}/3/2016 10:00`,
  ].join(',');
}
