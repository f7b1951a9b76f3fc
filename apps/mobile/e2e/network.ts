// The road between browser and server, under the test's hand: up, gone, cut in the middle of an answer, or answered by a hotel's log-in page.
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Socket } from 'node:net';

export type Road =
  | { readonly kind: 'up' }
  /** Nothing answers. */
  | { readonly kind: 'down' }
  /** Every answer from a path that begins so is broken off after so many bytes. */
  | { readonly kind: 'cut'; readonly path: string; readonly afterBytes: number }
  /** The request reaches the server, its answer does not reach the browser. */
  | { readonly kind: 'lose-answer'; readonly path: string }
  /** A captive portal: every request gets a page in HTML, with status 200. */
  | { readonly kind: 'portal' };

export interface Network {
  readonly url: string;
  set(road: Road): void;
  /** Requests that reached the server, by path, since the last call. */
  seen(): readonly string[];
  close(): Promise<void>;
}

/** Opens a proxy on a free local port in front of `target`. */
export async function openNetwork(target: string): Promise<Network> {
  let road: Road = { kind: 'up' };
  let paths: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '/';
    if (road.kind === 'down') return void incoming.socket.destroy();
    if (road.kind === 'portal') return portal(outgoing);
    paths.push(path);
    forward(target, incoming, outgoing, road);
  });
  server.on('connection', (socket) => {
    if (road.kind === 'down') return void socket.destroy();
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    set(next) {
      road = next;
      if (next.kind === 'down') for (const socket of sockets) socket.destroy();
    },
    seen() {
      const had = paths;
      paths = [];
      return had;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function portal(outgoing: ServerResponse): void {
  outgoing.writeHead(200, { 'content-type': 'text/html' });
  outgoing.end('<!doctype html><title>Welcome to Hotel Wi-Fi</title><form>Accept the terms</form>');
}

function forward(target: string, incoming: IncomingMessage, outgoing: ServerResponse, road: Road): void {
  const path = incoming.url ?? '/';
  const { hostname, port } = new URL(target);
  const onward = request(
    {
      hostname,
      port,
      path,
      method: incoming.method,
      headers: { ...incoming.headers, host: `${hostname}:${port}` },
    },
    (answer) => {
      if (road.kind === 'lose-answer' && path.startsWith(road.path)) {
        answer.resume();
        answer.on('end', () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      if (road.kind !== 'cut' || !path.startsWith(road.path)) return void answer.pipe(outgoing);
      let left = road.afterBytes;
      answer.on('data', (bytes: Buffer) => {
        if (left <= 0) return;
        const part = bytes.subarray(0, left);
        left -= part.length;
        outgoing.write(part, () => {
          if (left <= 0) incoming.socket.destroy();
        });
      });
      answer.on('end', () => outgoing.end());
    },
  );
  onward.on('error', () => incoming.socket.destroy());
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}
