// Four kinds of test, by file name: pure (*.test.ts), with PostgreSQL (*.pg.test.ts), in a browser (*.web.test.ts), a person's story (*.spec.ts).
import { defineConfig } from 'vitest/config';

const ignored = ['**/node_modules/**', '**/dist/**'];
const postgres = ['sim/src/testing/postgres-setup.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'pure',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...ignored, '**/*.pg.test.ts', '**/*.web.test.ts'],
          // Modules hold no state, so files share them: half of the time went into loading them anew for each file.
          isolate: false,
          // Only what hangs is late: a busy machine is no fault.
          testTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'postgres',
          include: ['**/*.pg.test.ts'],
          exclude: ignored,
          globalSetup: postgres,
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
      {
        test: {
          name: 'web',
          include: ['**/*.web.test.ts'],
          exclude: ignored,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 1,
        },
      },
      {
        test: {
          name: 'story',
          include: ['**/*.spec.ts'],
          exclude: ignored,
          globalSetup: postgres,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          maxWorkers: 1,
        },
      },
    ],
  },
});
