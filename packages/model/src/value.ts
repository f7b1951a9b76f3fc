// What a field holds. One representation everywhere: on the wire, on the device, in expressions; the two databases map it to their own types.
//
// text, longText, email, phone, url, choice, autonumber: string
// integer: whole number within ±(2^53-1)
// decimal, money: whole number of the smallest unit (scale 2: 12.50 is 1250), so that sums and comparisons are exact everywhere
// boolean: true or false            date: 'YYYY-MM-DD'          dateTime: 'YYYY-MM-DDTHH:MM:SS.sssZ' (always UTC, always this width)
// multiChoice: sorted array without repeats        lookup to one entity: record id        lookup to several: 'entity/record id'
// nothing entered: null (an empty string is stored as null)

/** A field's value. */
export type Value = string | number | boolean | null | readonly string[];

/** One snapshot of a record: `id`, the entity's fields, and, on a row that the server told, `_rev`. Names that begin with `_` belong to the engine. */
export type Row = Readonly<Record<string, Value>>;

/** A record's id: a UUID in lower case. Devices make UUIDv7 so that new rows stand together in indexes. */
export type RecordId = string;

/** Two values are the same value. Arrays by content; nothing else is ever coerced. */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  const left = a ?? null;
  const right = b ?? null;
  if (left === right) return true;
  if (!Array.isArray(left) || !Array.isArray(right)) return false;
  return left.length === right.length && left.every((item, index) => item === right[index]);
}

/** A reference to a record of one of several entities, as a polymorphic lookup holds it. */
export function formatReference(entity: string, id: RecordId): string {
  return `${entity}/${id}`;
}

/** The entity and id of a polymorphic lookup's value; null where it is not of that form. */
export function parseReference(value: string): { readonly entity: string; readonly id: RecordId } | null {
  const slash = value.indexOf('/');
  if (slash <= 0 || slash === value.length - 1) return null;
  return { entity: value.slice(0, slash), id: value.slice(slash + 1) };
}
