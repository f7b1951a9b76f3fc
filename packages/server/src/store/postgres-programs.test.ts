import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { closedFolder, reachableCopy } from './postgres-programs.ts';

let place: string;
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'satchel-programs-'));
  await chmod(place, 0o755);
});
afterAll(() => rm(place, { recursive: true, force: true }));

async function makePackage(name: string, mode: number): Promise<string> {
  const native = join(place, name, 'package', 'native');
  await mkdir(join(native, 'bin'), { recursive: true });
  await writeFile(join(native, 'bin', 'postgres'), 'a program', { mode: 0o755 });
  await writeFile(join(native, '..', 'package.json'), JSON.stringify({ version: '1.2.3' }));
  await chmod(join(place, name), mode);
  return native;
}

it('[HOUSE-1] programs below a folder that is closed to others are copied once to where everybody may pass; others are used where they are', async () => {
  const open = await makePackage('open', 0o755);
  expect(await reachableCopy(open, place)).toBe(open);
  const closed = await makePackage('closed', 0o700);
  expect(await closedFolder(closed)).toBe(join(place, 'closed'));
  const [copy, again] = await Promise.all([reachableCopy(closed, place), reachableCopy(closed, place)]);
  expect(again).toBe(copy);
  expect(copy).toBe(join(place, `satchel-postgres-1.2.3-${process.getuid?.() ?? 0}`));
  expect(await closedFolder(join(copy, 'bin'))).toBeNull();
  const made = await stat(join(copy, 'bin', 'postgres'));
  expect(await reachableCopy(closed, place)).toBe(copy);
  expect((await stat(join(copy, 'bin', 'postgres'))).ino).toBe(made.ino);
});

it('[HOUSE-2] a copy that others may write to is not trusted', async () => {
  const closed = await makePackage('guarded', 0o700);
  const other = join(place, 'other');
  const copy = join(other, `satchel-postgres-1.2.3-${process.getuid?.() ?? 0}`);
  await mkdir(copy, { recursive: true });
  await writeFile(join(copy, 'planted'), 'by somebody else');
  await chmod(copy, 0o777);
  await expect(reachableCopy(closed, other)).rejects.toMatchObject({ code: 'ENOTEMPTY' });
});
