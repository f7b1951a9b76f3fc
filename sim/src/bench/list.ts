// What a person does most, among many rows on the device: a page of a filtered and sorted list, a search, a durable save. Measured in the page,
// so the way to the worker and back is in it.
import { login, password, startBackend } from './backend.ts';
import { openBenchBrowser } from './browser.ts';
import { median, percentile, rounded, type BenchReport } from './figures.ts';
import type { BenchPage } from './page/page.ts';

declare const bench: BenchPage;

const times = 200;
const aimsMs = { page: 10, search: 60, save: 20 } as const;
const what = { page: 'list page', search: 'search', save: 'save' } as const;

export async function measureList({ rows }: { readonly rows: number }): Promise<BenchReport> {
  const backend = await startBackend(rows);
  try {
    const browser = await openBenchBrowser(backend);
    const page = await browser.open();
    const downloaded = await page.evaluate((asked) => bench.download('list', asked.login, asked.password), {
      login,
      password,
    });
    const fresh = await browser.open();
    await page.close();
    const taken = await fresh.evaluate((count) => bench.list('list', count), times);
    await browser.close();
    const kinds = ['page', 'search', 'save'] as const;
    const figures = kinds.flatMap((kind) => [
      [`${kind}MedianMs`, rounded(median(taken[kind]))] as const,
      [`${kind}P99Ms`, rounded(percentile(taken[kind], 0.99))] as const,
    ]);
    return {
      figures: { rows: downloaded.rows, ...Object.fromEntries(figures) },
      aims: Object.fromEntries(
        kinds.map((kind) => [`${what[kind]} within ${aimsMs[kind]} ms`, median(taken[kind]) <= aimsMs[kind]]),
      ),
    };
  } finally {
    await backend.close();
  }
}
