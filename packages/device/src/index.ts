export * from './api.ts';
export * from './ports.ts';
export { createEngine, type EngineCore } from './engine.ts';
export { deviceLimits } from './limits.ts';
export { connectEngine, requestPersistence, type ConnectOptions } from './client.ts';
export {
  outboxOf,
  queryOf,
  recordOf,
  watch,
  type Watch,
  type Watchable,
  type WatchListener,
} from './watch.ts';
