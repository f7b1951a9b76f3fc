// Faults of what people see and press: views, forms, commands.
import type { Field } from './entity.ts';
import { checkField } from './field-rules.ts';
import type { Command, Form, RelatedList, Sort, View } from './view.ts';
import { validateField } from './validate-entity.ts';
import { knownField, namePattern, reportRepeats, type ValidationScope } from './validation-scope.ts';

const commandPattern = /^[a-z][a-zA-Z0-9_]{0,62}$/;
const builtIn = new Set(['create', 'update', 'delete']);
const setByServer = new Set(['id', 'created_at', 'created_by', 'modified_at', 'modified_by']);

export function validateView(scope: ValidationScope, view: View, path: string): void {
  if (!namePattern.test(view.name))
    scope.report(
      `${path}.name`,
      `${JSON.stringify(view.name)} is not a name: lower case, digits, underscores`,
    );
  if (!isKnown(scope, view.entity, `${path}.entity`)) return;
  if (view.columns.length === 0) scope.report(`${path}.columns`, 'a row must show at least one field');
  validateColumns(scope, view.entity, view.columns, view.order, path);
}

export function validateForm(scope: ValidationScope, form: Form, path: string): void {
  if (!isKnown(scope, form.entity, `${path}.entity`)) return;
  const places = form.sections.flatMap((section, index) =>
    section.fields.map((name, place) => ({ name, path: `${path}.sections[${index}].fields[${place}]` })),
  );
  for (const place of places) reportUnknownField(scope, form.entity, place.name, place.path);
  reportRepeats(
    scope,
    places.map((place) => place.name),
    (index) => places[index]?.path ?? path,
    'places for the field',
  );
  for (const [index, list] of form.related.entries())
    validateRelated(scope, form, list, `${path}.related[${index}]`);
}

export function validateCommand(scope: ValidationScope, command: Command, path: string): void {
  if (!commandPattern.test(command.name))
    scope.report(`${path}.name`, `${JSON.stringify(command.name)} is not a command's name`);
  if (builtIn.has(command.name))
    scope.report(`${path}.name`, `${command.name} needs no declaration and cannot be another command's name`);
  if (!isKnown(scope, command.entity, `${path}.entity`)) return;
  for (const [name, field] of Object.entries(command.params ?? {})) {
    if (!namePattern.test(name))
      scope.report(
        `${path}.params.${name}`,
        `${JSON.stringify(name)} is not a name: lower case, digits, underscores`,
      );
    validateField(scope, field, `${path}.params.${name}`);
  }
  for (const [name, source] of Object.entries(command.set)) {
    const at = `${path}.set.${name}`;
    const field = knownField(scope, command.entity, name);
    if (field === undefined) scope.report(at, `no field ${name} in ${command.entity}`);
    else if (setByServer.has(name) || field.type === 'autonumber')
      scope.report(at, `${name} is set by the server only`);
    else if ('value' in source) {
      const fault = checkField(field, source.value);
      if (fault !== null) scope.report(`${at}.value`, `is not a value of the field ${name} (${fault})`);
    } else if ('param' in source) {
      validateParam(scope, command.params ?? {}, source.param, field, `${at}.param`);
    }
  }
}

function validateParam(
  scope: ValidationScope,
  params: Readonly<Record<string, Field>>,
  name: string,
  field: Field,
  path: string,
): void {
  const param = Object.hasOwn(params, name) ? params[name] : undefined;
  if (param === undefined) {
    scope.report(path, `no parameter ${name}`);
    return;
  }
  const scaleOf = (each: Field) => (each.type === 'decimal' || each.type === 'money' ? each.scale : 0);
  if (kindOf(param) !== kindOf(field) || scaleOf(param) !== scaleOf(field)) {
    scope.report(path, `a ${param.type} does not fit the ${field.type} field it is put in`);
  }
}

/** Fields of one kind hold the same values, apart from their own rules, which are checked after the effect. */
function kindOf(field: Field): string {
  if (field.type === 'longText') return 'text';
  return field.type === 'money' ? 'decimal' : field.type;
}

function validateRelated(scope: ValidationScope, form: Form, list: RelatedList, path: string): void {
  if (!isKnown(scope, list.entity, `${path}.entity`)) return;
  const via = knownField(scope, list.entity, list.via);
  if (via?.type !== 'lookup') scope.report(`${path}.via`, `no lookup field ${list.via} in ${list.entity}`);
  else if (!via.to.includes(form.entity))
    scope.report(`${path}.via`, `${list.entity}.${list.via} does not point to ${form.entity}`);
  validateColumns(scope, list.entity, list.columns, list.order, path);
  if (list.notesField === undefined) return;
  const notes = knownField(scope, list.entity, list.notesField);
  if (notes?.type !== 'text' && notes?.type !== 'longText')
    scope.report(`${path}.notesField`, `no text field ${list.notesField} in ${list.entity}`);
}

function validateColumns(
  scope: ValidationScope,
  entity: string,
  columns: readonly string[],
  order: readonly Sort[],
  path: string,
): void {
  for (const [index, name] of columns.entries())
    reportUnknownField(scope, entity, name, `${path}.columns[${index}]`);
  reportRepeats(scope, columns, (index) => `${path}.columns[${index}]`, 'columns');
  order.forEach((sort, index) => {
    const at = `${path}.order[${index}].field`;
    reportUnknownField(scope, entity, sort.field, at);
    if (knownField(scope, entity, sort.field)?.type === 'multiChoice') scope.report(at, 'a set has no order');
  });
}

function reportUnknownField(scope: ValidationScope, entity: string, name: string, path: string): void {
  if (knownField(scope, entity, name) === undefined) scope.report(path, `no field ${name} in ${entity}`);
}

function isKnown(scope: ValidationScope, entity: string, path: string): boolean {
  if (scope.entities.has(entity)) return true;
  scope.report(path, `no entity ${entity}`);
  return false;
}
