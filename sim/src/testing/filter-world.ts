// A small world for the proof that an expression means one thing: records of every field type, full of nulls and odd texts, and random conditions
// over them, written as CEL text. Everything comes from fast-check's seed.
import { allFields, type Entity, type Field, type Row, type UserContext, type Value } from '@satchel/model';
import * as fc from 'fast-check';

const choices = ['a', 'b', 'c', 'd'].map((value) => ({ value, label: value }));

export const thing: Entity = {
  name: 'thing',
  label: 'Thing',
  labelPlural: 'Things',
  icon: 'box',
  ownership: 'user',
  titleField: 'label',
  fields: {
    label: { type: 'text', label: 'Label', searchable: true },
    note: { type: 'longText', label: 'Note', searchable: true },
    count: { type: 'integer', label: 'Count' },
    price: { type: 'money', label: 'Price', scale: 2, currency: 'EUR' },
    rate: { type: 'decimal', label: 'Rate', scale: 3 },
    active: { type: 'boolean', label: 'Active' },
    due: { type: 'date', label: 'Due' },
    at: { type: 'dateTime', label: 'At' },
    state: { type: 'choice', label: 'State', choices },
    tags: { type: 'multiChoice', label: 'Tags', choices },
    parent: { type: 'lookup', label: 'Parent', to: ['thing'] },
    group: { type: 'lookup', label: 'Group', to: ['group'] },
    regarding: { type: 'lookup', label: 'Regarding', to: ['thing', 'group'] },
  },
};

export const group: Entity = {
  name: 'group',
  label: 'Group',
  labelPlural: 'Groups',
  icon: 'box',
  ownership: 'organisation',
  titleField: 'name',
  fields: {
    name: { type: 'text', label: 'Name' },
    size: { type: 'integer', label: 'Size' },
    since: { type: 'dateTime', label: 'Since' },
  },
};

const idOf = (kind: number, number: number) =>
  `01900000-0000-7000-8000-${kind}${String(number).padStart(11, '0')}`;
export const userIds = [idOf(9, 1), idOf(9, 2), idOf(9, 3)] as const;
export const asker: UserContext = {
  id: userIds[0],
  login: "o'neil",
  name: 'O"Neil 😀',
  businessUnit: null,
  businessUnits: [],
  teams: [userIds[1], userIds[2]],
  roles: ['a', 'b'],
};
export const now = '2026-03-01T12:34:56.789Z';

const oddTexts = [
  '',
  'a',
  'A',
  'b',
  'ab',
  'aB',
  '%',
  '_',
  'a%b',
  "o'neil",
  '"q"',
  '\\',
  'é',
  'e\u0301',
  'ß',
  'Ä',
  'z',
  ' ',
  '\n',
];
const farTexts = ['日本', '😀', 'a😀', '\u{10ffff}', '\uffff', '\ue000', 'ﬀ', 'İ', "'; drop table thing; --"];
const text = fc.constantFrom(...oddTexts, ...farTexts);
const wholeNumbers = [0, 1, -1, 2, 3, 7, 250, 1250, -3, 9007199254740991, -9007199254740991, 94906267];
const whole = fc.constantFrom(...wholeNumbers);
const date = fc.constantFrom(
  '2026-02-28',
  '2026-03-01',
  '2026-03-02',
  '2024-02-29',
  '0001-01-01',
  '9999-12-31',
  '1969-12-31',
);
const time = fc.constantFrom('00:00:00.000', '12:34:56.789', '23:59:59.999', '12:34:56.788', '07:08:09.001');
const instant = fc.tuple(date, time).map(([day, clock]) => `${day}T${clock}Z`);

/** Values of a field as rows hold them, null among them. */
function valuesOf(
  field: Field,
  counts: { readonly things: number; readonly groups: number },
): fc.Arbitrary<Value> {
  const thingId = fc.nat(counts.things).map((number) => idOf(1, number));
  const groupId = fc.nat(counts.groups).map((number) => idOf(2, number));
  switch (field.type) {
    case 'integer':
    case 'money':
    case 'decimal':
      return fc.option(whole);
    case 'boolean':
      return fc.option(fc.boolean());
    case 'date':
      return fc.option(date);
    case 'dateTime':
      return fc.option(instant);
    case 'choice':
      return fc.option(fc.constantFrom('a', 'b', 'c', 'd'));
    case 'multiChoice':
      return fc.option(fc.subarray(['a', 'b', 'c', 'd'], { minLength: 1 }));
    case 'lookup':
      if (field.to.length > 1)
        return fc.option(
          fc.oneof(
            thingId.map((id) => `thing/${id}`),
            groupId.map((id) => `group/${id}`),
          ),
        );
      if (field.to[0] === 'user') return fc.option(fc.constantFrom(...userIds));
      return fc.option(field.to[0] === 'thing' ? thingId : groupId);
    default:
      return fc.option(text);
  }
}

/** So many rows with all columns; lookups point to a record that is there, or just beyond the last, which is not. */
export function rowsOf(
  entity: Entity,
  counts: { readonly things: number; readonly groups: number },
): fc.Arbitrary<Row[]> {
  const fields = Object.entries(allFields(entity)).filter(([name]) => name !== 'id');
  const row = fc.record(Object.fromEntries(fields.map(([name, field]) => [name, valuesOf(field, counts)])));
  const [kind, count] = entity.name === 'thing' ? [1, counts.things] : [2, counts.groups];
  return fc
    .array(row, { minLength: count, maxLength: count })
    .map((rows) => rows.map((values, index) => ({ id: idOf(kind, index), ...values, _rev: index + 1 })));
}

const quoted = (value: string) => JSON.stringify(value);
const compare = fc.constantFrom('==', '!=', '<', '<=', '>', '>=');
const equality = fc.constantFrom('==', '!=');
const part = fc.constantFrom('startsWith', 'endsWith', 'contains');
const durations = fc
  .constantFrom('0s', '72h', '1h30m', '1.5s', '1ms', '876600h', '-25h')
  .map((d) => `duration("${d}")`);
const days = fc.constantFrom('0h', '24h', '-48h', '8760h', '876600h').map((d) => `duration("${d}")`);
const sign = fc.constantFrom('+', '-');

const textFields = fc.constantFrom(
  'record.label',
  'record.note',
  'record.group.name',
  'record.parent.label',
  'record.parent.group.name',
);
const idFields = fc.constantFrom(
  'record.id',
  'record.owner',
  'record.parent',
  'record.group',
  'record.parent.group',
  'record.group.id',
  'record.regarding',
);
const ids = fc.oneof(
  fc.nat(3).map((n) => quoted(idOf(1, n))),
  fc.nat(3).map((n) => quoted(idOf(2, n))),
  fc.constantFrom('user.id', '"x"', 'user.business_unit'),
);
const textValues = fc.oneof(
  textFields,
  text.map(quoted),
  fc.constantFrom('user.login', 'user.name', 'user.business_unit'),
);

/** Conditions as text; `depth` bounds how far they nest. */
export const conditions: fc.Arbitrary<string> = fc.letrec<{
  node: string;
  leaf: string;
  number: string;
  instant: string;
  date: string;
  text: string;
  money: string;
}>((tie) => ({
  number: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'number' },
    fc.constantFrom('record.count', 'record.group.size', 'record.parent.count'),
    fc.constantFrom('0', '1', '3', '-2', '250', '9007199254740991'),
    fc.tuple(tie('number'), fc.constantFrom('+', '-', '*'), tie('number')).map((p) => `(${p.join(' ')})`),
    tie('number').map((n) => `-(${n})`),
    fc.tuple(tie('leaf'), tie('number'), tie('number')).map(([t, a, b]) => `(${t} ? ${a} : ${b})`),
  ),
  money: fc.oneof(
    fc.constantFrom(
      'record.price',
      'record.parent.price',
      '(record.price * 2)',
      '(record.price + 0.5)',
      '(1 - record.price)',
    ),
    fc.constantFrom(
      '(record.count * record.price)',
      '(record.active ? record.price : 12.5)',
      '(record.active ? null : record.price)',
    ),
  ),
  instant: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'instant' },
    fc.constantFrom('now', 'record.at', 'record.group.since', 'record.created_at'),
    instant.map((value) => `timestamp("${value}")`),
    fc.tuple(tie('instant'), sign, durations).map((p) => `(${p.join(' ')})`),
  ),
  date: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'date' },
    fc.constantFrom('today', 'record.due', 'record.parent.due'),
    date.map((value) => `date("${value}")`),
    fc.tuple(tie('date'), sign, days).map((p) => `(${p.join(' ')})`),
  ),
  text: fc.oneof(
    { maxDepth: 2, depthIdentifier: 'text' },
    textValues,
    idFields,
    fc.tuple(tie('leaf'), textValues, textValues).map(([t, a, b]) => `(${t} ? ${a} : ${b})`),
  ),
  leaf: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'leaf' },
    fc.constantFrom('record.active', 'record.parent.active', 'true', 'false'),
    fc.tuple(tie('number'), compare, tie('number')).map((p) => `(${p.join(' ')})`),
    fc
      .tuple(tie('money'), compare, fc.oneof(tie('money'), fc.constantFrom('0', '2.5', '12', '-0.03')))
      .map((p) => `(${p.join(' ')})`),
    fc
      .tuple(
        fc.constantFrom('record.rate', '(record.rate - 0.001)'),
        compare,
        fc.constantFrom('0.25', '1.25', '0', '0.001'),
      )
      .map((p) => `(${p.join(' ')})`),
    fc.tuple(tie('instant'), compare, tie('instant')).map((p) => `(${p.join(' ')})`),
    fc.tuple(tie('date'), compare, tie('date')).map((p) => `(${p.join(' ')})`),
    fc.tuple(tie('text'), compare, tie('text')).map((p) => `(${p.join(' ')})`),
    fc.tuple(idFields, compare, fc.oneof(idFields, ids)).map((p) => `(${p.join(' ')})`),
    fc
      .tuple(
        fc.oneof(
          idFields,
          textFields,
          fc.constantFrom(
            'record.count',
            'record.due',
            'record.at',
            'record.active',
            'record.tags',
            'record.price',
          ),
        ),
        equality,
      )
      .map(([f, op]) => `(${f} ${op} null)`),
    fc.tuple(tie('text'), part, tie('text')).map(([a, fn, b]) => `(${a}).${fn}(${b})`),
    fc
      .tuple(tie('text'), fc.array(text.map(quoted), { maxLength: 4 }))
      .map(([t, items]) => `(${t} in [${items.join(', ')}])`),
    fc
      .tuple(idFields, fc.constantFrom('user.teams', 'user.business_units'))
      .map(([f, list]) => `(${f} in ${list})`),
    fc
      .tuple(
        fc.oneof(textFields, fc.constantFrom('record.state', '"a"', '"d"', 'user.business_unit')),
        fc.constantFrom('record.tags', 'record.parent.tags', 'user.roles'),
      )
      .map(([t, list]) => `(${t} in ${list})`),
    fc.constantFrom(
      '(record.count in [1, 2, 3])',
      '("a" in record.tags)',
      '(record.state == "b")',
      '(record.state >= record.label)',
      '(record.parent.state in ["a", "c"])',
      '(record.price in [2.5, 0, 12.5])',
    ),
    fc
      .tuple(
        fc.constantFrom('record.active', '(record.count > 1)'),
        equality,
        fc.constantFrom('true', 'record.parent.active'),
      )
      .map((p) => `(${p.join(' ')})`),
  ),
  node: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'node' },
    tie('leaf'),
    fc.tuple(tie('node'), fc.constantFrom('&&', '||'), tie('node')).map((p) => `(${p.join(' ')})`),
    tie('node').map((n) => `!(${n})`),
    fc.tuple(tie('node'), tie('node'), tie('node')).map(([t, a, b]) => `(${t} ? ${a} : ${b})`),
  ),
})).node;

export const filterEntities: readonly Entity[] = [
  thing,
  group,
  { ...group, name: 'user', fields: { name: { type: 'text', label: 'Name' } } },
];
