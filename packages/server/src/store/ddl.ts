// Text of statements that define things, where nothing can be a parameter. Names are quoted and come from the model; literals are quoted here.
import { ident, render, type Entity, type Field } from '@satchel/model';

/** A quoted identifier as text. Throws on a name that no model can contain. */
export function quoted(name: string): string {
  return render(ident(name), 'postgres').text;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Joins the parts of a name; what is longer than PostgreSQL keeps is cut and told apart by a hash of the whole. */
export function objectName(...parts: readonly string[]): string {
  const whole = parts.join('_');
  if (whole.length <= 63) return whole;
  let hash = 0x811c9dc5;
  for (const char of whole) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return `${whole.slice(0, 54)}_${hash.toString(16).padStart(8, '0')}`;
}

/** The type of a field's column. */
export function columnType(field: Field): string {
  switch (field.type) {
    case 'text':
    case 'longText':
    case 'email':
    case 'phone':
    case 'url':
    case 'choice':
    case 'autonumber':
      return 'text collate "C"';
    case 'integer':
    case 'decimal':
    case 'money':
      return 'bigint';
    case 'boolean':
      return 'boolean';
    case 'date':
      return 'date';
    case 'dateTime':
      return 'timestamptz(3)';
    case 'multiChoice':
      return 'text[] collate "C"';
    case 'lookup':
      return field.to.length === 1 ? 'uuid' : 'text collate "C"';
  }
}

/** The type without its collation, for casts. */
export function castType(field: Field): string {
  return columnType(field).replace(' collate "C"', '');
}

/** A field's plain default as an expression; null where it has none or one that the engine works out. */
export function columnDefault(field: Field): string | null {
  const value = field.default;
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return `${literal(value)}::${castType(field)}`;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if ('expression' in value) return null;
  return `array[${value.map(literal).join(', ')}]::text[]`;
}

/** Fields of an entity that one unique index each keeps apart. */
export function uniqueFields(entity: Entity): readonly string[] {
  return Object.entries(entity.fields)
    .filter(([, field]) => field.type === 'autonumber' || ('unique' in field && field.unique === true))
    .map(([name]) => name);
}
