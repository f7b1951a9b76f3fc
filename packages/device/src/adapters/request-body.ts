// What a request carries, as bytes: JSON, packed where that makes it smaller. On a poor line what is sent decides how often sending succeeds.

/** Below this, packing gains nothing worth the work, in bytes. */
const packFrom = 300;

export interface RequestBody {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** For the header `content-encoding`; null: as it is. Twelve bytes less than gzip, which counts for one small change. */
  readonly encoding: 'deflate' | null;
}

/** Browsers without streams that pack send plain JSON. */
export async function requestBody(content: unknown): Promise<RequestBody> {
  const plain = new TextEncoder().encode(JSON.stringify(content));
  if (plain.length < packFrom || typeof CompressionStream === 'undefined')
    return { bytes: plain, encoding: null };
  const stream = new Blob([plain]).stream().pipeThrough(new CompressionStream('deflate'));
  const packed = new Uint8Array(await new Response(stream).arrayBuffer());
  return packed.length < plain.length
    ? { bytes: packed, encoding: 'deflate' }
    : { bytes: plain, encoding: null };
}
