// Builds the app, then its service worker with the list of everything a start with no network needs.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { build, defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;
const outDir = join(root, 'dist');
/** Files of the SQLite package that this app never loads. */
const neverLoaded = /sqlite3-(opfs-async-proxy|worker1)[^/]*\.m?js$|\.map$|^sw\.js$/;

/** After the app is written: everything in `dist` becomes the precache list, and sw.ts is built with it. */
function serviceWorker(): Plugin {
  return {
    name: 'satchel-service-worker',
    apply: 'build',
    async closeBundle() {
      const files = readdirSync(outDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(outDir.length + 1)
            .replaceAll('\\', '/'),
        )
        .filter((path) => !neverLoaded.test(path));
      const precache = files.map((url) => ({
        url: `/${url}`,
        revision: createHash('sha256')
          .update(readFileSync(join(outDir, url)))
          .digest('hex')
          .slice(0, 16),
      }));
      await build({
        configFile: false,
        root,
        logLevel: 'warn',
        publicDir: false,
        define: { __PRECACHE__: JSON.stringify(precache), 'process.env.NODE_ENV': '"production"' },
        build: {
          outDir,
          emptyOutDir: false,
          lib: { entry: join(root, 'src/sw.ts'), formats: ['es'], fileName: () => 'sw.js' },
        },
      });
    },
  };
}

/** The parts we build on bring their few words in thirty languages. This app speaks one: the others are left out, and every device gets these. */
function oneLanguage(): Plugin {
  const anotherLanguage = /\/react-(?:aria|stately)\/.*\/intl\/.*\/(?!en-US\b)[a-z]{2}-[A-Z]{2}(\.m?js)$/;
  return {
    name: 'satchel-one-language',
    enforce: 'pre',
    load: (id) => {
      const match = anotherLanguage.exec(id);
      return match === null ? null : `export { default } from './en-US${match[1]}';`;
    },
  };
}

export default defineConfig({
  root,
  plugins: [oneLanguage(), react(), serviceWorker()],
  define: { __APP_VERSION__: JSON.stringify(process.env['npm_package_version'] ?? '0.1.0') },
  worker: { format: 'es' },
  optimizeDeps: { exclude: ['@sqlite.org/sqlite-wasm'] },
  build: { outDir, emptyOutDir: true, target: 'es2022', chunkSizeWarningLimit: 900 },
  server: { proxy: { '/api': process.env['SATCHEL_URL'] ?? 'http://127.0.0.1:7380' } },
});
