export { fieldService } from './solution.ts';
