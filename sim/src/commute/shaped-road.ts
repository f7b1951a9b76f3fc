// A road whose rate and outages are those of a measured trace, on the test's clock: `fetch` as the real transport uses it, before the real
// server's handlers. Bytes of request and answer cost time; an outage stalls what is under way or breaks it off, half sent or half heard.
// What must stay true: while `isBusy`, something real is going on and the clock must not move; otherwise everything waits for the clock.
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { Clock } from '@satchel/device';
import type { Chance } from '../chance.ts';
import type { Injectable } from '../inject-transport.ts';
import type { Sample, Trace } from './traces.ts';

/** There and back, before the first byte of an answer. */
const roundTripMs = 60;
/** A connection that an outage kills is noticed after at most so long. */
const brokenWithinMs = 8_000;
/** Of a request besides its body, by HTTP/2: frames, the path, lengths; what repeats from request to request is sent as its number in a table. */
const headBytes = 50;
/** Bytes of an answer that come together. */
const portionBytes = 16_384;
/** Between traces: good coverage. */
const openSky: Sample = { fromMs: 0, untilMs: Number.POSITIVE_INFINITY, kbps: 20_000 };

export interface ShapedRoad {
  readonly fetch: typeof fetch;
  /** From now on the road is as this trace says; after its end it is open. */
  enter(trace: Trace): void;
  isCovered(): boolean;
  isBusy(): boolean;
  /** Counts what is done from here to its end as busy, but for the waits on this road. */
  during<T>(work: () => Promise<T>): Promise<T>;
  /** Bytes that left the device so far: bodies as packed and heads, half-sent ones as far as they went. */
  sentBytes(): number;
}

export function createShapedRoad(server: Injectable, clock: Clock, chance: Chance): ShapedRoad {
  let trace: Trace | null = null;
  let enteredMs = 0;
  let sent = 0;
  let busy = 0;
  let place = 0;

  function sample(): Sample {
    const atMs = clock.monotonic() - enteredMs;
    const samples = trace?.samples ?? [];
    while (place < samples.length && (samples[place] as Sample).untilMs <= atMs) place += 1;
    return samples[place] ?? openSky;
  }

  function wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(gone(signal));
      busy -= 1;
      const end = (): void => {
        busy += 1;
        signal.removeEventListener('abort', give);
      };
      const give = (): void => {
        callOff();
        end();
        reject(gone(signal));
      };
      const callOff = clock.after(ms, () => {
        end();
        resolve();
      });
      signal.addEventListener('abort', give);
    });
  }

  /** Sends so many bytes one way at the rates of the trace. Throws where an outage breaks the connection. */
  async function carry(bytes: number, signal: AbortSignal, count: (bytes: number) => void): Promise<void> {
    let left = bytes;
    let isStalled = false;
    while (left > 0) {
      const { kbps, untilMs } = sample();
      const restMs = enteredMs + untilMs - clock.monotonic();
      if (kbps === 0) {
        if (!isStalled && chance.happens(0.5)) {
          await wait(chance.below(brokenWithinMs), signal);
          throw new TypeError('the connection broke');
        }
        isStalled = true;
        await wait(restMs, signal);
        continue;
      }
      isStalled = false;
      const takenMs = Math.min((left * 8) / kbps, restMs);
      await wait(takenMs, signal);
      const carried = Math.min(left, Math.ceil((takenMs * kbps) / 8));
      left -= carried;
      count(carried);
    }
  }

  async function* portions(
    packed: number,
    body: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const parts = Math.max(1, Math.ceil(packed / portionBytes));
    for (let part = 0; part < parts; part += 1) {
      await carry(packed / parts, signal, () => undefined);
      const from = Math.floor((body.length * part) / parts);
      yield body.subarray(from, Math.floor((body.length * (part + 1)) / parts));
    }
  }

  async function shapedFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    const signal = init.signal ?? new AbortController().signal;
    const headers = { ...(init.headers as Record<string, string>), 'accept-encoding': 'br, gzip' };
    const method = (init.method ?? 'GET') as 'GET' | 'POST' | 'DELETE';
    const body = init.body === null || init.body === undefined ? null : bytesOf(init.body);
    const size = headBytes + (body?.length ?? 0);
    await carry(size, signal, (bytes) => {
      sent += bytes;
    });
    const answer = await server.inject({
      method,
      url: String(input),
      headers,
      ...(body === null ? {} : { payload: Buffer.from(body) }),
    });
    await wait(roundTripMs, signal);
    const unpacked = unpack(answer.rawPayload, String(answer.headers['content-encoding'] ?? ''));
    const stream = streamOf(portions(answer.rawPayload.length, unpacked, signal));
    const { 'x-satchel-protocol': protocol = '' } = answer.headers;
    return new Response(answer.statusCode === 204 ? null : stream, {
      status: answer.statusCode,
      headers: { 'x-satchel-protocol': String(protocol), 'content-length': String(answer.rawPayload.length) },
    });
  }

  return {
    fetch: shapedFetch,
    enter(next) {
      trace = next;
      enteredMs = clock.monotonic();
      place = 0;
    },
    isCovered: () => sample().kbps > 0,
    isBusy: () => busy > 0,
    async during(work) {
      busy += 1;
      try {
        return await work();
      } finally {
        busy -= 1;
      }
    },
    sentBytes: () => sent,
  };
}

function streamOf(parts: AsyncGenerator<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await parts.next();
        if (done) controller.close();
        else controller.enqueue(value);
      },
    },
    { highWaterMark: 0 },
  );
}

function gone(signal: AbortSignal): unknown {
  return signal.reason ?? new DOMException('given up', 'AbortError');
}

function bytesOf(body: BodyInit): Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return new TextEncoder().encode(body);
  if (body instanceof Uint8Array) return new Uint8Array(body);
  throw new Error('a body of this kind has no size here');
}

function unpack(bytes: Uint8Array, encoding: string): Uint8Array<ArrayBuffer> {
  if (encoding === 'br') return new Uint8Array(brotliDecompressSync(bytes));
  if (encoding === 'gzip') return new Uint8Array(gunzipSync(bytes));
  return new Uint8Array(bytes);
}
