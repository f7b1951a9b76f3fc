// From pressing download to queryable, in Chromium against the real server, beside a floor that binds the same bytes. Runs alternate.
import { login, password, startBackend } from './backend.ts';
import { openBenchBrowser } from './browser.ts';
import { median, rounded, type BenchReport } from './figures.ts';
import type { BenchPage } from './page/page.ts';

declare const bench: BenchPage;

/** On two idle cores. */
const rowsPerSecondAim = 20_000;
const ratioAim = 1.5;

export async function measureFirstDownload(options: {
  readonly rows: number;
  readonly runs: number;
}): Promise<BenchReport> {
  const backend = await startBackend(options.rows);
  try {
    const browser = await openBenchBrowser(backend);
    const seconds: number[] = [];
    const completeSeconds: number[] = [];
    const floorSeconds: number[] = [];
    let rows = 0;
    let bytes = 0;
    for (let run = 0; run < options.runs; run += 1) {
      browser.forgetPages();
      const page = await browser.open();
      const given = { store: `download-${run}`, login, password };
      const done = await page.evaluate(
        (asked) => bench.download(asked.store, asked.login, asked.password),
        given,
      );
      const command = { store: `floor-${run}`, pages: browser.keptPages() };
      const floor = await page.evaluate((asked) => bench.floor(asked), command);
      seconds.push(done.seconds);
      completeSeconds.push(done.completeSeconds);
      floorSeconds.push(floor.seconds);
      rows = done.rows;
      bytes = browser.keptBytes();
      await page.close();
    }
    await browser.close();
    const [ours, floor] = [median(seconds), median(floorSeconds)];
    return {
      figures: {
        rows,
        bytes,
        seconds: rounded(ours),
        completeSeconds: rounded(median(completeSeconds)),
        floorSeconds: rounded(floor),
        ratio: rounded(ours / floor),
        rowsPerSecond: Math.round(rows / ours),
      },
      aims: {
        [`at most ${ratioAim} times the floor`]: ours / floor <= ratioAim,
        [`at least ${rowsPerSecondAim} rows a second`]: rows / ours >= rowsPerSecondAim,
      },
    };
  } finally {
    await backend.close();
  }
}
