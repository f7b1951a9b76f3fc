// The page that the browser tests drive: it starts workers and hands their answers to the test by name.
import type { EngineClient } from '../../api.ts';
import { connectEngine } from '../../client.ts';
import type { LabCommand, LabReply } from './lab-worker.ts';

export interface TestPage {
  /** Storage itself, in a worker of this page. */
  lab(command: LabCommand): Promise<unknown>;
  /** A tab with a small engine that counts what it was asked to save; see tab-worker.ts. */
  tab(): EngineClient;
  /** A tab with the real engine. */
  engine(): EngineClient;
}

function startLab(): TestPage['lab'] {
  const worker = new Worker(new URL('./lab-worker.ts', import.meta.url), { type: 'module' });
  return (command) =>
    new Promise((resolve, reject) => {
      worker.onmessage = (event: MessageEvent<LabReply>) =>
        event.data.ok ? resolve(event.data.value) : reject(new Error(event.data.words));
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(command);
    });
}

function startTab(): EngineClient {
  const worker = new Worker(new URL('./tab-worker.ts', import.meta.url), { type: 'module' });
  return connectEngine({ worker, store: 'tabs' });
}

let lab: TestPage['lab'] | null = null;
const testPage: TestPage = {
  lab: (command) => (lab ??= startLab())(command),
  tab: startTab,
  engine: () => connectEngine({ store: 'real', baseUrl: 'http://127.0.0.1:1' }),
};
Object.assign(globalThis, { testPage });
