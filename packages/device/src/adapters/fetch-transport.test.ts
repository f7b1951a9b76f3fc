import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync, inflateSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { Call, Transport } from '../ports.ts';
import { browserClock } from './browser-clock.ts';
import { fetchTransport } from './fetch-transport.ts';
import { createIds } from './ids.ts';
import { deviceName } from './device-name.ts';
import { eventReader, lastRetryMs, retryDelayMs } from './wake-up-stream.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

const ours = { 'x-satchel-protocol': '1', 'content-type': 'application/json' };
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function serve(handler: Handler): Promise<Transport> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return fetchTransport({ baseUrl: `http://127.0.0.1:${port}`, clock: browserClock(), chance: () => 0 });
}

const ask = (more: Partial<Call> = {}): Call => ({
  method: 'GET',
  path: '/api/x',
  token: null,
  timeoutMs: 5_000,
  ...more,
});
const fails = (promise: Promise<unknown>, code: string) =>
  expect(promise).rejects.toMatchObject({ name: 'SyncError', code });

describe('the way to the server', () => {
  it('[NET-1] sends method, token and JSON body, and gives status, parsed body and size for any status', async () => {
    const transport = await serve((request, response) => {
      let body = '';
      request.on('data', (bytes) => (body += bytes));
      request.on('end', () => {
        const packed = gzipSync(
          JSON.stringify({ method: request.method, token: request.headers.authorization, body }),
        );
        response
          .writeHead(422, { ...ours, 'content-encoding': 'gzip', 'content-length': packed.length })
          .end(packed);
      });
    });
    const reply = await transport.call(ask({ method: 'POST', token: 't', body: { a: 1 } }));
    expect(reply).toMatchObject({
      status: 422,
      body: { method: 'POST', token: 'Bearer t', body: '{"a":1}' },
    });
    expect(reply.bytes).toBeGreaterThan(10);
  });

  it('[NET-11] a request is packed where that makes it smaller, and says so', async () => {
    const transport = await serve((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (bytes: Buffer) => parts.push(bytes));
      request.on('end', () => {
        const encoding = request.headers['content-encoding'] ?? null;
        const sent = Buffer.concat(parts);
        const text = encoding === 'deflate' ? inflateSync(sent).toString() : sent.toString();
        const body: unknown = JSON.parse(text);
        response.writeHead(200, ours).end(JSON.stringify({ encoding, size: sent.length, body }));
      });
    });
    const small = { a: 'short' };
    const large = { a: 'over and over again '.repeat(50), b: 'ünï 😀' };
    const answers = [small, large].map((body) => transport.call(ask({ method: 'POST', body })));
    const [asItIs, packed] = (await Promise.all(answers)).map((reply) => reply.body);
    expect(asItIs).toEqual({ encoding: null, size: 13, body: small });
    expect(packed).toMatchObject({ encoding: 'deflate', body: large });
    expect((packed as { size: number }).size).toBeLessThan(200);
  });

  it('[NET-1] an answer without a body is null', async () => {
    const transport = await serve((_request, response) => response.writeHead(204, ours).end());
    expect((await transport.call(ask())).body).toBe(null);
  });

  it('[NET-2] an answer without our header is not our server, a redirection to a portal too', async () => {
    const html = await serve((_request, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Wi-Fi</h1>'),
    );
    await fails(html.call(ask()), 'not_our_server');
    const portal = await serve((_request, response) =>
      response.writeHead(302, { location: 'http://127.0.0.1:1/login' }).end(),
    );
    await fails(portal.call(ask()), 'not_our_server');
  });

  it('[NET-3] HTML or half a JSON under our header is a bad response', async () => {
    for (const text of ['<html>', '{"rows": [1, 2']) {
      const transport = await serve((_request, response) => response.writeHead(200, ours).end(text));
      await fails(transport.call(ask()), 'bad_response');
    }
  });

  it('[NET-4] no answer is network, an answer cut in the middle too', async () => {
    const cut = await serve((request, response) => {
      response.writeHead(200, { ...ours, 'content-length': '1000' }).write('{"a":');
      setTimeout(() => request.socket.destroy(), 30);
    });
    await fails(cut.call(ask()), 'network');
    const nobody = fetchTransport({ baseUrl: 'http://127.0.0.1:1', clock: browserClock(), chance: () => 0 });
    await fails(nobody.call(ask()), 'network');
  });

  it('[NET-5] silence is a timeout, before the answer and in the middle of it; a slow answer that moves is not', async () => {
    const silent = await serve(() => undefined);
    await fails(silent.call(ask({ timeoutMs: 40 })), 'timeout');
    const stuck = await serve((_request, response) => response.writeHead(200, ours).write('{'));
    await fails(stuck.call(ask({ timeoutMs: 60 })), 'timeout');
    const slow = await serve((_request, response) => {
      response.writeHead(200, ours).write('[1');
      const parts = [',2', ',3', ',4', ']'];
      const timer = setInterval(() => {
        const part = parts.shift();
        if (part === undefined) clearInterval(timer);
        else if (parts.length === 0) response.end(part);
        else response.write(part);
      }, 60);
    });
    expect((await slow.call(ask({ timeoutMs: 180 }))).body).toEqual([1, 2, 3, 4]);
  });

  it('[NET-5] a call that its caller gives up is cancelled', async () => {
    const silent = await serve(() => undefined);
    const abort = new AbortController();
    const call = silent.call(ask(), abort.signal);
    setTimeout(() => abort.abort(), 20);
    await fails(call, 'cancelled');
    await fails(silent.call(ask(), AbortSignal.abort()), 'cancelled');
  });

  it('[NET-6] requests name the protocol; an answer in another one tells who is behind', async () => {
    const asked: unknown[] = [];
    const answering = (version: string) =>
      serve((request, response) => {
        asked.push(request.headers['x-satchel-protocol']);
        response.writeHead(200, { ...ours, 'x-satchel-protocol': version }).end('{}');
      });
    await fails((await answering('2')).call(ask()), 'app_too_old');
    await fails((await answering('0')).call(ask()), 'server_too_old');
    expect(asked).toEqual(['1', '1']);
  });
});

describe('wake-ups', () => {
  it('[NET-7] each event wakes, heartbeats do not, wherever the pieces are cut', () => {
    const stream = ': hello\n\nevent: change\n\n: beat\r\n\r\ndata:\r\n\r\nid: 7\n\n';
    for (let size = 1; size < 12; size += 1) {
      let wakes = 0;
      const read = eventReader(() => (wakes += 1));
      for (let at = 0; at < stream.length; at += size)
        read(new TextEncoder().encode(stream.slice(at, at + size)));
      expect(wakes).toBe(2);
    }
  });

  it('[NET-8] a broken connection is opened again, and what may have been missed meanwhile wakes once', async () => {
    let connections = 0;
    const tokens: unknown[] = [];
    const transport = await serve((request, response) => {
      connections += 1;
      tokens.push(request.headers.authorization);
      response.writeHead(200, { ...ours, 'content-type': 'text/event-stream' });
      if (connections === 1) response.end('event: change\n\n');
      else response.write(': beat\n\n');
    });
    let wakes = 0;
    const stop = transport.listen('t', () => (wakes += 1));
    await expect.poll(() => wakes, { timeout: 5_000 }).toBe(2);
    stop();
    expect([connections, tokens]).toEqual([2, ['Bearer t', 'Bearer t']]);
  });

  it('[NET-8] a token that is no good ends listening', async () => {
    let connections = 0;
    const transport = await serve((_request, response) => {
      connections += 1;
      response.writeHead(401, ours).end('{"code":"session_expired"}');
    });
    transport.listen('t', () => undefined);
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(connections).toBe(1);
  });

  it('[NET-8] retries wait longer and longer, to a minute at most, spread by chance', () => {
    expect([1, 2, 3, 50].map((failures) => retryDelayMs(failures, 1))).toEqual([
      1_000,
      2_000,
      4_000,
      lastRetryMs,
    ]);
    expect(retryDelayMs(50, 0)).toBe(lastRetryMs / 2);
  });
});

describe('ids and names', () => {
  it('[NET-9] ids are UUIDv7 and only grow, though the clock stands or goes back', () => {
    let nowMs = 1_800_000_000_000;
    const ids = createIds(() => nowMs);
    const made = Array.from({ length: 10_000 }, (_one, index) => {
      if (index === 5_000) nowMs -= 3_600_000;
      return ids.next();
    });
    expect(new Set(made).size).toBe(made.length);
    expect([...made].sort()).toEqual(made);
    for (const id of made)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(Number.parseInt((made[0] as string).replaceAll('-', '').slice(0, 12), 16)).toBe(1_800_000_000_000);
  });

  it('[NET-10] a device is named by its browser and system', () => {
    const agent =
      'Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36';
    expect(deviceName(agent)).toBe('Chrome on Android');
    expect(deviceName('')).toBe('Browser on unknown system');
  });
});
