// Hearing that something changed: one connection listens for all organisations and is made anew when it breaks. A lost wake-up only delays; so after
// each break everyone is woken once.
import pg from 'pg';
import { serverLimits } from '../limits.ts';
import { clientConfig } from '../store/database.ts';
import { channelOf } from '../store/engine-tables.ts';

export interface Wake {
  /** Calls back after each commit that changed something there. Returns a function that ends it. */
  onChange(organisation: string, listener: () => void): () => void;
  close(): Promise<void>;
}

/** Fails where the first connection fails; later breaks are told to `onError` and mended. */
export async function openWake(url: string, onError: (error: unknown) => void): Promise<Wake> {
  const listenersByChannel = new Map<string, Set<() => void>>();
  let client: pg.Client | null = null;
  let retry: NodeJS.Timeout | null = null;
  let isClosed = false;

  const connect = async (): Promise<void> => {
    const made = new pg.Client({
      ...clientConfig(url),
      application_name: 'satchel wake-ups',
      keepAlive: true,
    });
    made.on('error', (error) => {
      if (client !== made) return;
      client = null;
      onError(error);
      mend(serverLimits.wakeRetryMs);
    });
    made.on('end', () => {
      if (client !== made || isClosed) return;
      client = null;
      mend(serverLimits.wakeRetryMs);
    });
    made.on('notification', ({ channel }) => {
      for (const listener of listenersByChannel.get(channel) ?? []) listener();
    });
    await made.connect();
    client = made;
    for (const channel of listenersByChannel.keys()) await listen(channel);
  };

  const listen = async (channel: string): Promise<void> => {
    await client?.query(`listen ${pg.escapeIdentifier(channel)}`);
  };

  const mend = (delayMs: number): void => {
    if (isClosed || retry !== null) return;
    retry = setTimeout(() => {
      retry = null;
      connect().then(
        () => {
          for (const listeners of listenersByChannel.values()) for (const listener of listeners) listener();
        },
        (error: unknown) => {
          onError(error);
          mend(Math.min(delayMs * 2, serverLimits.wakeRetryMaxMs));
        },
      );
    }, delayMs);
  };

  await connect();
  return {
    onChange: (organisation, listener) => {
      const channel = channelOf(organisation);
      const listeners = listenersByChannel.get(channel) ?? new Set();
      const isFirst = !listenersByChannel.has(channel);
      listenersByChannel.set(channel, listeners);
      listeners.add(listener);
      // A failure breaks the connection, which is then mended and listens to every channel.
      if (isFirst) listen(channel).catch(onError);
      return () => listeners.delete(listener);
    },
    close: async () => {
      isClosed = true;
      if (retry !== null) clearTimeout(retry);
      await client?.end();
    },
  };
}
