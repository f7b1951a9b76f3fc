// Faults of one entity: its names, its fields one by one, its guards and groups.
import type { Choice, Entity, Field, MergeRule } from './entity.ts';
import { checkField } from './field-rules.ts';
import { limits } from './limits.ts';
import { allFields } from './system-fields.ts';
import type { Value } from './value.ts';
import { namePattern, reportRepeats, type ValidationScope } from './validation-scope.ts';

const mergeFits: Readonly<Record<MergeRule, readonly Field['type'][]>> = {
  append: ['text', 'longText'],
  max: ['integer', 'decimal', 'money', 'date', 'dateTime'],
  min: ['integer', 'decimal', 'money', 'date', 'dateTime'],
  sum: ['integer', 'decimal', 'money'],
  union: ['multiChoice'],
};
const textTypes: readonly Field['type'][] = ['text', 'longText', 'email', 'phone', 'url', 'autonumber'];
const systemNames = new Set(['id', 'owner', 'created_at', 'created_by', 'modified_at', 'modified_by']);

export function validateEntity(scope: ValidationScope, entity: Entity, path: string): void {
  if (!namePattern.test(entity.name)) {
    scope.report(
      `${path}.name`,
      `${JSON.stringify(entity.name)} is not a name: lower case, digits, underscores`,
    );
  }
  if (entity.label === '') scope.report(`${path}.label`, 'people need a label');
  const names = Object.keys(entity.fields);
  if (names.length > limits.fieldsMax) scope.report(`${path}.fields`, `more than ${limits.fieldsMax} fields`);
  for (const [name, field] of Object.entries(entity.fields)) {
    const at = `${path}.fields.${name}`;
    if (systemNames.has(name))
      scope.report(at, `${name} is a field that every record has; choose another name`);
    else if (!namePattern.test(name))
      scope.report(at, `${JSON.stringify(name)} is not a name: lower case, digits, underscores`);
    validateField(scope, field, at);
  }
  const title = Object.hasOwn(entity.fields, entity.titleField)
    ? entity.fields[entity.titleField]
    : undefined;
  if (title === undefined) scope.report(`${path}.titleField`, `no field ${entity.titleField}`);
  else if (!textTypes.includes(title.type))
    scope.report(`${path}.titleField`, `a ${title.type} cannot name a record to people`);
  const { conflict, deleteVsEdit, closedRecord } = entity;
  validateConflictRules(scope, path, { conflict, deleteVsEdit, closedRecord });
  validateGuards(scope, entity, path);
  validateGroups(scope, entity, path);
}

/** Faults of a field of an entity or of a command's parameter. */
export function validateField(scope: ValidationScope, field: Field, path: string): void {
  if (field.label === '') scope.report(`${path}.label`, 'people need a label');
  if (field.merge !== undefined && !mergeFits[field.merge].includes(field.type)) {
    scope.report(`${path}.merge`, `${field.merge} does not fit a ${field.type} field`);
  }
  if (field.searchable && !textTypes.includes(field.type))
    scope.report(`${path}.searchable`, `a ${field.type} field holds no words to find`);
  validateConflictRules(scope, path, { conflict: field.conflict });
  validateType(scope, field, path);
  validateDefault(scope, field, path);
}

const conflictRules = {
  conflict: ['ask', 'client', 'server', 'supervisor'],
  overlapping: ['ask', 'client', 'server', 'supervisor'],
  deleteVsEdit: ['ask', 'delete-wins', 'recreate'],
  closedRecord: ['reject', 'allow-append-only', 'allow'],
} as const;

/** A solution may come from a file: each rule that is given must be one that the engine knows. */
export function validateConflictRules(
  scope: ValidationScope,
  path: string,
  given: { readonly [K in keyof typeof conflictRules]?: string | undefined },
): void {
  for (const [name, value] of Object.entries(given)) {
    const known: readonly string[] = conflictRules[name as keyof typeof conflictRules];
    if (value !== undefined && !known.includes(value))
      scope.report(`${path}.${name}`, `must be one of ${known.join(', ')}`);
  }
}

function validateType(scope: ValidationScope, field: Field, path: string): void {
  switch (field.type) {
    case 'text':
    case 'longText':
    case 'email':
    case 'phone':
    case 'url':
      validateLength(scope, field.maxLength, path);
      return;
    case 'decimal':
    case 'money':
      if (!isWhole(field.scale, 0, limits.scaleMax))
        scope.report(`${path}.scale`, `must be a whole number from 0 to ${limits.scaleMax}`);
      if (field.type === 'money' && !/^[A-Z]{3}$/.test(field.currency))
        scope.report(`${path}.currency`, 'must be an ISO 4217 code such as EUR');
      validateRange(scope, field, path);
      return;
    case 'integer':
      validateRange(scope, field, path);
      return;
    case 'choice':
    case 'multiChoice':
      validateChoices(scope, field.choices, path);
      return;
    case 'lookup':
      if (field.to.length === 0) scope.report(`${path}.to`, 'must name at least one entity');
      reportRepeats(scope, field.to, (index) => `${path}.to[${index}]`, 'targets');
      field.to.forEach((name, index) => {
        if (!scope.entities.has(name)) scope.report(`${path}.to[${index}]`, `no entity ${name}`);
      });
      return;
    case 'autonumber':
      if (!isWhole(field.digits, 1, 12))
        scope.report(`${path}.digits`, 'must be a whole number from 1 to 12');
      if (!/^[A-Za-z0-9/_-]{0,20}$/.test(field.prefix))
        scope.report(`${path}.prefix`, 'at most 20 letters, digits, / _ -');
      return;
    case 'boolean':
    case 'date':
    case 'dateTime':
      return;
  }
}

function validateLength(scope: ValidationScope, maxLength: number | undefined, path: string): void {
  if (maxLength === undefined || isWhole(maxLength, 1, limits.longTextCharsMax)) return;
  scope.report(`${path}.maxLength`, `must be a whole number from 1 to ${limits.longTextCharsMax}`);
}

/** Bounds of decimals and amounts are whole numbers of the smallest unit, as their values are. */
function validateRange(
  scope: ValidationScope,
  field: { readonly min?: number; readonly max?: number },
  path: string,
): void {
  for (const bound of ['min', 'max'] as const) {
    const value = field[bound];
    if (value !== undefined && !Number.isSafeInteger(value))
      scope.report(`${path}.${bound}`, 'must be a whole number (of the smallest unit)');
  }
  if ((field.min ?? -Infinity) > (field.max ?? Infinity)) scope.report(`${path}.min`, 'is greater than max');
}

function validateChoices(scope: ValidationScope, choices: readonly Choice[], path: string): void {
  if (choices.length === 0) scope.report(`${path}.choices`, 'must offer at least one choice');
  if (choices.length > limits.choicesMax)
    scope.report(`${path}.choices`, `more than ${limits.choicesMax} choices`);
  reportRepeats(
    scope,
    choices.map((choice) => choice.value),
    (index) => `${path}.choices[${index}].value`,
    'choices',
  );
  choices.forEach((choice, index) => {
    // Sets are sorted alike in JavaScript and in both databases only below the surrogates; a comma parts the items of a typed set.
    const isSound =
      /^[\u0021-\ud7ff](?:[\u0020-\ud7ff]*[\u0021-\ud7ff])?$/.test(choice.value) &&
      !choice.value.includes(',');
    if (!isSound || choice.value.length > limits.textCharsMax) {
      scope.report(
        `${path}.choices[${index}].value`,
        'must be a text without a comma, a blank at its ends, or characters beyond U+D7FF',
      );
    }
  });
}

function validateDefault(scope: ValidationScope, field: Field, path: string): void {
  const standard = field.default;
  if (standard === undefined || standard === null) return;
  if (typeof standard === 'object' && 'expression' in standard) return;
  if (field.type === 'autonumber') {
    scope.report(`${path}.default`, 'the server gives the number');
    return;
  }
  const fault = checkField(field, standard as Value);
  if (fault !== null) scope.report(`${path}.default`, `is not a value of this field (${fault})`);
}

function validateGuards(scope: ValidationScope, entity: Entity, path: string): void {
  const guards = entity.guards ?? [];
  const commands = scope.solution.commands
    .filter((command) => command.entity === entity.name)
    .map((command) => command.name);
  const known = new Set(['*', 'update', 'delete', ...commands]);
  const fields = allFields(entity);
  reportRepeats(
    scope,
    guards.map((guard) => guard.name),
    (index) => `${path}.guards[${index}].name`,
    'guards',
  );
  guards.forEach((guard, index) => {
    const at = `${path}.guards[${index}]`;
    if (guard.message === '')
      scope.report(`${at}.message`, 'people must be told what happened and what to do');
    if (guard.refuses.length === 0) scope.report(`${at}.refuses`, 'must name at least one command');
    guard.refuses.forEach((command, place) => {
      if (!known.has(command))
        scope.report(
          `${at}.refuses[${place}]`,
          `no command ${command} that a guard of ${entity.name} could refuse`,
        );
    });
    (guard.exceptFields ?? []).forEach((name, place) => {
      if (!Object.hasOwn(fields, name)) scope.report(`${at}.exceptFields[${place}]`, `no field ${name}`);
    });
  });
}

function validateGroups(scope: ValidationScope, entity: Entity, path: string): void {
  const seen = new Set<string>();
  (entity.fieldGroups ?? []).forEach((group, index) => {
    if (group.length < 2) scope.report(`${path}.fieldGroups[${index}]`, 'a group has at least two fields');
    group.forEach((name, place) => {
      const at = `${path}.fieldGroups[${index}][${place}]`;
      const field = Object.hasOwn(entity.fields, name) ? entity.fields[name] : undefined;
      if (field === undefined) scope.report(at, `no field ${name}`);
      if (field?.merge !== undefined)
        scope.report(at, `${name} has a merge rule of its own, so it cannot be settled with others`);
      if (seen.has(name)) scope.report(at, `${name} is in two groups`);
      seen.add(name);
    });
  });
}

function isWhole(value: number, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= min && value <= max;
}
