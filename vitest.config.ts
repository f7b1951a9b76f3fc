// One runner for every test but the browser's. Tests that need PostgreSQL are named *.pg.test.ts and share one embedded server.
import { defineConfig } from 'vitest/config';

const pure = ['packages/**/*.test.ts', 'solutions/**/*.test.ts', 'sim/**/*.test.ts', 'apps/**/*.test.ts', 'apps/**/*.test.tsx', '*.test.ts'];
const ignored = ['**/node_modules/**', '**/dist/**'];

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'pure', include: pure, exclude: [...ignored, '**/*.pg.test.ts', '**/*.web.test.ts'] } },
      {
        test: {
          name: 'postgres',
          include: ['**/*.pg.test.ts'],
          exclude: ignored,
          globalSetup: ['sim/src/testing/postgres-setup.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
