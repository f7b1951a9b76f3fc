// The database that a command works on: DATABASE_URL, or the one a running server has open in the data folder, or the embedded one, started for
// the time of the command.
import type { Config } from '../config.ts';
import { openDatabase, type Database } from '../store/database.ts';
import { findRunning, startEmbedded } from '../store/embedded.ts';

export interface Joined {
  readonly database: Database;
  close(): Promise<void>;
}

/** Throws DataFolderError where the folder cannot be used. */
export async function joinDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataFolder'>,
  connections: number,
): Promise<Joined> {
  const url = config.databaseUrl ?? (await findRunning(config.dataFolder));
  const embedded = url === null ? await startEmbedded(config.dataFolder) : null;
  try {
    const database = await openDatabase(url ?? embedded?.url ?? '', { connections });
    return {
      database,
      async close() {
        await database.close();
        await embedded?.close();
      },
    };
  } catch (failure) {
    await embedded?.close();
    throw failure;
  }
}
