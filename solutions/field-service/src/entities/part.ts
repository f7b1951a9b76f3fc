// One entity with all that people see of it: what each file in this folder exports.
import type { Command, Entity, Form, View } from '@satchel/model';

export interface SolutionPart {
  readonly entity: Entity;
  readonly views: readonly View[];
  readonly form: Form;
  readonly commands: readonly Command[];
}
