// A TCP address that stands for a server and can be cut off from it, so that a test sees what a dead machine looks like.
import { connect, createServer, type Socket } from 'node:net';

export interface Relay {
  /** The server's address by way of this one. */
  readonly url: string;
  /** Breaks every connection and takes no more. */
  cut(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function openRelay(target: string): Promise<Relay> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return void near.destroy();
    const far = connect(Number(port), hostname);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        open.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const url = new URL(target);
  url.port = String(address !== null && typeof address === 'object' ? address.port : 0);
  const breakAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: url.toString(),
    cut: () => {
      isCut = true;
      breakAll();
    },
    mend: () => {
      isCut = false;
    },
    close: async () => {
      breakAll();
      await new Promise<void>((done) => server.close(() => done()));
    },
  };
}
