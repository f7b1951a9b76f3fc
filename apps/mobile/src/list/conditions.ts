// Conditions that screens build themselves. They are trees, never text: nothing is parsed on a phone.
import {
  formatReference,
  type Expr,
  type Model,
  type Query,
  type RecordId,
  type Sort,
  type Value,
  type View,
} from '@satchel/model';

const text = { kind: 'text' } as const;
const boolean = { kind: 'boolean' } as const;

/** The value by which a lookup field points to a record. */
export function lookupValue(
  model: Model,
  entity: string,
  via: string,
  target: { readonly entity: string; readonly id: RecordId },
): Value {
  const field = model.field(entity, via);
  const isPolymorphic = field?.type === 'lookup' && field.to.length > 1;
  return isPolymorphic ? formatReference(target.entity, target.id) : target.id;
}

/** Records of `entity` whose field `via` points to this record. */
export function pointsTo(
  model: Model,
  entity: string,
  via: string,
  target: { readonly entity: string; readonly id: RecordId },
): Expr {
  return {
    op: 'compare',
    compare: '==',
    type: boolean,
    left: { op: 'field', path: [via], type: text },
    right: { op: 'literal', value: String(lookupValue(model, entity, via, target)), type: text },
  };
}

/** The query of a view, searched and sorted as the person asked. */
export function viewQuery(
  model: Model,
  view: View,
  options: { readonly search: string; readonly sort: Sort | null; readonly limit: number },
): Query {
  return {
    entity: view.entity,
    where: view.where === undefined ? [] : [model.expression(view.entity, view.where)],
    ...(options.search === '' ? {} : { search: options.search }),
    order: options.sort === null ? view.order : [options.sort],
    limit: options.limit,
    count: true,
  };
}
