export { fieldService } from './solution.ts';
export { generateDemo, type DemoOptions } from './demo/generate-demo.ts';
export type { DemoData, DemoLogIn } from './demo/demo-data.ts';
