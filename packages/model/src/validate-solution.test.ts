import { describe, expect, it } from 'vitest';
import type { Entity, Field } from './entity.ts';
import { defineSolution, type Solution } from './solution.ts';
import { workshop } from './testing/workshop.ts';
import { validateSolution } from './validate-solution.ts';

const jobAt = workshop.entities.findIndex((entity) => entity.name === 'job');
const job = workshop.entities[jobAt] as Entity;
const pathsOf = (change: Partial<Solution>) =>
  validateSolution({ ...workshop, ...change }).map((fault) => fault.path);
const withJob = (change: Partial<Entity>): Partial<Solution> => ({
  entities: workshop.entities.map((entity) => (entity.name === 'job' ? { ...job, ...change } : entity)),
});
const withField = (name: string, field: Field) => withJob({ fields: { ...job.fields, [name]: field } });
const at = (rest: string) => [`entities[${jobAt}]${rest}`];
const first = <T>(list: readonly T[]): T => list[0] as T;

describe('paths of faults', () => {
  const text = { type: 'text', label: 'Extra' } as const;
  it.each<[string, Partial<Solution>, readonly string[]]>([
    [
      'a lookup to nowhere',
      withField('extra', { type: 'lookup', label: 'X', to: ['nowhere', 'job'] }),
      at('.fields.extra.to[0]'),
    ],
    [
      'a lookup to nothing',
      withField('extra', { type: 'lookup', label: 'X', to: [] }),
      at('.fields.extra.to'),
    ],
    ['a reserved field', withField('created_at', text), at('.fields.created_at')],
    ['a name of the engine', withField('_rev', text), at('.fields._rev')],
    ['a name that every object has', withField('constructor', text), at('.fields.constructor')],
    ['a name in capitals', withField('Extra', text), at('.fields.Extra')],
    ['a field without a label', withField('extra', { ...text, label: '' }), at('.fields.extra.label')],
    ['a length of nought', withField('extra', { ...text, maxLength: 0 }), at('.fields.extra.maxLength')],
    [
      'a scale too fine',
      withField('extra', { type: 'decimal', label: 'X', scale: 7 }),
      at('.fields.extra.scale'),
    ],
    [
      'a currency that is none',
      withField('extra', { type: 'money', label: 'X', scale: 2, currency: 'euro' }),
      at('.fields.extra.currency'),
    ],
    [
      'bounds the wrong way round',
      withField('extra', { type: 'integer', label: 'X', min: 2, max: 1 }),
      at('.fields.extra.min'),
    ],
    [
      'a bound that is no whole number',
      withField('extra', { type: 'money', label: 'X', scale: 2, currency: 'EUR', max: 0.5 }),
      at('.fields.extra.max'),
    ],
    [
      'no choice',
      withField('extra', { type: 'choice', label: 'X', choices: [] }),
      at('.fields.extra.choices'),
    ],
    [
      'a choice twice',
      withField('extra', {
        type: 'choice',
        label: 'X',
        choices: [1, 2].map(() => ({ value: 'a', label: 'A' })),
      }),
      at('.fields.extra.choices[1].value'),
    ],
    [
      'a choice with a comma',
      withField('extra', { type: 'multiChoice', label: 'X', choices: [{ value: 'a,b', label: 'A' }] }),
      at('.fields.extra.choices[0].value'),
    ],
    ['a default of another type', withField('extra', { ...text, default: 3 }), at('.fields.extra.default')],
    [
      'a default expression of another type',
      withField('extra', { ...text, default: { expression: 'now' } }),
      at('.fields.extra.default.expression'),
    ],
    [
      'a default that reads a record',
      withField('extra', { ...text, default: { expression: 'record.title' } }),
      at('.fields.extra.default.expression'),
    ],
    [
      'a merge rule that does not fit',
      withField('extra', { ...text, merge: 'sum' }),
      at('.fields.extra.merge'),
    ],
    [
      'a searchable number',
      withField('extra', { type: 'integer', label: 'X', searchable: true }),
      at('.fields.extra.searchable'),
    ],
    [
      'digits of an autonumber',
      withField('extra', { type: 'autonumber', label: 'X', prefix: 'X', digits: 0 }),
      at('.fields.extra.digits'),
    ],
    ['a title that is no field', withJob({ titleField: 'nothing' }), at('.titleField')],
    ['a title that is no text', withJob({ titleField: 'due' }), at('.titleField')],
    [
      'a guard that is no condition',
      withJob({ guards: [{ ...first(job.guards ?? []), when: 'record.title' }] }),
      at('.guards[0].when'),
    ],
    [
      'a guard of a field that is not there',
      withJob({ guards: [{ ...first(job.guards ?? []), when: 'record.colour == "red"' }] }),
      at('.guards[0].when'),
    ],
    [
      'a guard against no command',
      withJob({ guards: [{ ...first(job.guards ?? []), refuses: ['update', 'fly'] }] }),
      at('.guards[0].refuses[1]'),
    ],
    [
      'a guard that lets no field through',
      withJob({ guards: [{ ...first(job.guards ?? []), exceptFields: ['nothing'] }] }),
      at('.guards[0].exceptFields[0]'),
    ],
    ['a group of one', withJob({ fieldGroups: [['street']] }), at('.fieldGroups[0]')],
    ['a group with a merge rule', withJob({ fieldGroups: [['street', 'log']] }), at('.fieldGroups[0][1]')],
    [
      'a field in two groups',
      withJob({
        fieldGroups: [
          ['street', 'town'],
          ['town', 'due'],
        ],
      }),
      at('.fieldGroups[1][0]'),
    ],
    [
      'two entities of one name',
      { entities: [...workshop.entities, job] },
      [`entities[${workshop.entities.length}].name`],
    ],
    [
      'a relation named as an entity',
      {
        relations: [
          ...workshop.relations,
          { name: 'job', label: 'X', between: ['job', 'user'], fields: ['a', 'b'] },
        ],
      },
      ['relations[2].name'],
    ],
    [
      'a relation to nowhere',
      {
        relations: [
          ...workshop.relations,
          { name: 'x', label: 'X', between: ['job', 'nowhere'], fields: ['a', 'b'] },
        ],
      },
      ['relations[2].between[1]'],
    ],
    ['a view of nothing', { views: [{ ...first(workshop.views), entity: 'nothing' }] }, ['views[0].entity']],
    [
      'a view column',
      { views: [{ ...first(workshop.views), columns: ['title', 'colour'] }] },
      ['views[0].columns[1]'],
    ],
    [
      'a view ordered by a set',
      { views: [{ ...first(workshop.views), order: [{ field: 'tools' }] }] },
      ['views[0].order[0].field'],
    ],
    [
      'a view condition in another language',
      { views: [{ ...first(workshop.views), where: 'state = 1' }] },
      ['views[0].where'],
    ],
    [
      'two default views',
      { views: workshop.views.map((view) => ({ ...view, isDefault: true })) },
      ['views[1].isDefault'],
    ],
    [
      'a form field',
      {
        forms: [
          { ...first(workshop.forms), sections: [{ label: 'A', fields: ['title', 'colour', 'title'] }] },
        ],
      },
      ['forms[0].sections[0].fields[1]', 'forms[0].sections[0].fields[2]'],
    ],
    [
      'a related list by no lookup',
      {
        forms: [
          { ...first(workshop.forms), related: [{ ...first(first(workshop.forms).related), via: 'name' }] },
        ],
      },
      ['forms[0].related[0].via'],
    ],
    [
      'a related list by a lookup elsewhere',
      { forms: [{ ...first(workshop.forms), entity: 'customer', sections: [] }] },
      ['forms[0].related[0].via'],
    ],
    [
      'a command called update',
      { commands: [...workshop.commands, { name: 'update', entity: 'job', label: 'X', icon: 'x', set: {} }] },
      [`commands[${workshop.commands.length}].name`],
    ],
    [
      'a command that sets nothing known',
      {
        commands: [
          { ...first(workshop.commands), set: { colour: { value: 'red' } } },
          ...workshop.commands.slice(1),
        ],
      },
      ['commands[0].set.colour'],
    ],
    [
      'a command with a wrong value',
      {
        commands: [
          { ...first(workshop.commands), set: { state: { value: 'ajar' } } },
          ...workshop.commands.slice(1),
        ],
      },
      ['commands[0].set.state.value'],
    ],
    [
      'a command with a wrong expression',
      {
        commands: [
          { ...first(workshop.commands), set: { due: { expression: 'now' } } },
          ...workshop.commands.slice(1),
        ],
      },
      ['commands[0].set.due.expression'],
    ],
    [
      'a command with a parameter that does not fit',
      {
        commands: [
          { ...first(workshop.commands), set: { minutes: { param: 'spent' } } },
          ...workshop.commands.slice(1),
        ],
      },
      ['commands[0].set.minutes.param'],
    ],
    [
      'a command that sets a stamp',
      {
        commands: [
          { ...first(workshop.commands), set: { modified_at: { expression: 'now' } } },
          ...workshop.commands.slice(1),
        ],
      },
      ['commands[0].set.modified_at'],
    ],
    [
      'a privilege on nothing',
      {
        roles: [
          ...workshop.roles,
          {
            name: 'x',
            label: 'X',
            privileges: { nothing: first(workshop.roles).privileges['job'] as never },
          },
        ],
      },
      ['roles[3].privileges.nothing'],
    ],
    [
      'a depth that reaches nothing',
      {
        roles: [
          ...workshop.roles,
          {
            name: 'x',
            label: 'X',
            privileges: { customer: { create: 'none', read: 'unit', update: 'none', delete: 'none' } },
          },
        ],
      },
      ['roles[3].privileges.customer.read'],
    ],
    ['a home screen', { home: ['job', 'nothing', 'job_helper', 'job'] }, ['home[3]', 'home[1]', 'home[2]']],
    ['a schema version', { schemaVersion: 0 }, ['schemaVersion']],
    ['a policy', { policy: { ...workshop.policy, historyDays: 0 } }, ['policy.historyDays']],
    [
      'rules for conflicts that the engine does not know',
      {
        policy: {
          ...workshop.policy,
          conflict: { ...workshop.policy.conflict, overlapping: 'coin' as 'ask' },
        },
      },
      ['policy.conflict.overlapping'],
    ],
  ])('[MODEL-1] %s', (_, change, paths) => {
    const found = pathsOf(change);
    for (const path of paths) expect(found).toContain(path);
  });
});

describe('directory', () => {
  it('[MODEL-2] people, teams and units must be there with the fields the engine reads', () => {
    expect(pathsOf({ entities: workshop.entities.filter((entity) => entity.name !== 'team') })).toContain(
      'entities',
    );
    const userAt = workshop.entities.findIndex((entity) => entity.name === 'user');
    const poor = workshop.entities.map((entity) =>
      entity.name === 'user'
        ? { ...entity, fields: { ...entity.fields, login: { type: 'integer', label: 'X' } as const } }
        : entity,
    );
    expect(pathsOf({ entities: poor })).toEqual([`entities[${userAt}].fields.login`]);
    expect(
      pathsOf({ relations: workshop.relations.filter((relation) => relation.name !== 'team_member') }),
    ).toContain('relations');
  });

  it('[MODEL-15] a hierarchy has levels within bounds, and positions in a tree where it goes by them', () => {
    expect(pathsOf({ hierarchy: { kind: 'manager', levels: 3 } })).toEqual([]);
    expect(pathsOf({ hierarchy: { kind: 'manager', levels: 0 } })).toEqual(['hierarchy.levels']);
    expect(pathsOf({ hierarchy: { kind: 'manager', levels: 99 } })).toEqual(['hierarchy.levels']);
    expect(pathsOf({ hierarchy: { kind: 'position', levels: 1 } })).toEqual([
      'hierarchy.kind',
      'hierarchy.kind',
    ]);
    const { entities: _directory, ...rest } = workshop;
    const plain = defineSolution({
      ...rest,
      entities: workshop.entities.filter(({ name }) => !['user', 'team', 'business_unit'].includes(name)),
      hierarchy: { kind: 'position', levels: 2 },
    });
    expect(validateSolution(plain)).toEqual([]);
  });

  it('[MODEL-2] what defineSolution leaves to be added may be extended', () => {
    const richer = workshop.entities.map((entity) =>
      entity.name === 'user'
        ? { ...entity, fields: { ...entity.fields, van: { type: 'text', label: 'Van' } as const } }
        : entity,
    );
    expect(pathsOf({ entities: richer })).toEqual([]);
  });
});
