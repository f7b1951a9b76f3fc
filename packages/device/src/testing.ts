// Door for the simulator: the small honest server, its business, and storage that dies. Never part of what people run.
export { createFakeServer, type FakeServer, type FakeWrite } from './testing/fake-server.ts';
export { fragileStorage, type Fragile } from './testing/fragile-storage.ts';
export { idOf, sampleBundle } from './testing/sample.ts';
