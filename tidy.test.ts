// House rules as a test: arrows between packages, names, sizes and banned means. It reads tracked files as text, so it needs no build.
// A rule that turns out wrong is changed here, in the open, together with docs/spec/model.md.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = import.meta.dirname;
const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(join(root, path)));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
  readonly isTest: boolean;
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s[^;'"`]*?\bfrom\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s+['"]([^'"]+)['"]/g;

const sources: readonly Source[] = tracked
  .filter((path) => /\.tsx?$/.test(path) && path !== 'tidy.test.ts')
  .map((path) => {
    const text = read(path);
    const imports = [...text.matchAll(importPattern)].flatMap(
      (match) => match[1] ?? match[2] ?? match[3] ?? [],
    );
    return { path, text, imports, isTest: /\.(test|spec|contract)\.tsx?$|\/(testing|e2e)\//.test(path) };
  });

/** Who may import whom; a story in a browser and the simulator may see everything. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  'packages/model': [],
  'packages/device': ['@satchel/model'],
  'packages/server': ['@satchel/model', '@satchel/field-service'],
  'apps/mobile': ['@satchel/device', '@satchel/model'],
  'apps/admin': ['@satchel/model'],
  'solutions/field-service': ['@satchel/model'],
};

const packageOf = (path: string) =>
  path
    .split('/')
    .slice(0, path.startsWith('sim/') ? 1 : 2)
    .join('/');
const within = (path: string, folder: string) => path.startsWith(`${folder}/`);

/** Places where a pattern occurs outside comments that stand on their own line: 'path:line'. */
function places(files: readonly Source[], pattern: RegExp): readonly string[] {
  return files.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        !/^\s*(\/\/|\*|\/\*)/.test(line) && pattern.test(line) ? [`${path}:${index + 1}`] : [],
      ),
  );
}

/** Functions of its own, one step in. */
const isFactory = (body: string) => /\n {2}(async )?function |\n {2}const \w+ = (async )?\(/.test(body);

describe('arrows', () => {
  it('[TIDY-1] packages import only those below them', () => {
    const wrong = sources.flatMap(({ path, imports }) => {
      const allowed = arrows[packageOf(path)];
      if (allowed === undefined || path.includes('/e2e/')) return [];
      const others = imports
        .filter((name) => name.startsWith('@satchel/'))
        .map((name) => name.split('/').slice(0, 2).join('/'));
      return others.filter((name) => !allowed.includes(name)).map((name) => `${path} → ${name}`);
    });
    expect(wrong).toEqual([]);
  });

  it('[TIDY-1] only the entry files of the server know the shipped solution', () => {
    const files = sources.filter(({ path, isTest }) => within(path, 'packages/server') && !isTest);
    const users = files
      .filter(({ imports }) => imports.includes('@satchel/field-service'))
      .map(({ path }) => path);
    expect(users.filter((path) => !/src\/(main|demo)\.ts$|src\/cli\//.test(path))).toEqual([]);
  });

  it('[TIDY-2] a package is entered by its doors only', () => {
    const doors = new Map(
      tracked
        .filter((path) => path.endsWith('/package.json'))
        .map((path) => JSON.parse(read(path)) as { name: string; exports?: string | Record<string, unknown> })
        .map(({ name, exports }) => [name, typeof exports === 'object' ? Object.keys(exports) : ['.']]),
    );
    const wrong = sources.flatMap(({ path, imports }) =>
      imports.flatMap((name) => {
        if (name.startsWith('.')) {
          const target = normalize(join(dirname(path), name));
          return packageOf(target) === packageOf(path) || !target.includes('/') ? [] : [`${path} → ${name}`];
        }
        const [scope, short, ...rest] = name.split('/');
        if (scope !== '@satchel') return [];
        return doors.get(`${scope}/${short}`)?.includes(rest.length === 0 ? '.' : `./${rest.join('/')}`)
          ? []
          : [`${path} → ${name}`];
      }),
    );
    expect(wrong).toEqual([]);
  });

  it('[TIDY-3] no file imports itself by way of others, types included', () => {
    const known = new Map(sources.map((source) => [source.path, source]));
    const targetsOf = (path: string) =>
      (known.get(path)?.imports ?? [])
        .filter((name) => name.startsWith('.'))
        .map((name) => normalize(join(dirname(path), name.replace(/\?.*$/, ''))))
        .filter((target) => known.has(target));
    const finished = new Set<string>();
    const walk = (path: string, trail: readonly string[]): string | null => {
      if (trail.includes(path)) return [...trail.slice(trail.indexOf(path)), path].join(' → ');
      if (finished.has(path)) return null;
      for (const target of targetsOf(path)) {
        const cycle = walk(target, [...trail, path]);
        if (cycle !== null) return cycle;
      }
      finished.add(path);
      return null;
    };
    expect(sources.map(({ path }) => walk(path, [])).filter((cycle) => cycle !== null)).toEqual([]);
  });

  it('[TIDY-4] the model is pure: nothing but a schema and an expression library', () => {
    const files = sources.filter(({ path, isTest }) => within(path, 'packages/model') && !isTest);
    const foreign = files.flatMap(({ path, imports }) =>
      imports.filter((name) => !/^\.|^zod(\/|$)|^@bufbuild\//.test(name)).map((name) => `${path} → ${name}`),
    );
    expect(foreign).toEqual([]);
  });

  it('[TIDY-5] adapters of the device are imported by entry files, other adapters and tests only', () => {
    const entry =
      /^packages\/device\/src\/(worker|client|node|index)\.ts$|^packages\/device\/src\/adapters\//;
    const files = sources.filter(
      ({ path, isTest }) => within(path, 'packages/device') && !isTest && !entry.test(path),
    );
    expect(
      files
        .filter(({ imports }) => imports.some((name) => name.includes('/adapters/')))
        .map(({ path }) => path),
    ).toEqual([]);
  });
});

describe('files', () => {
  it('[TIDY-6] a file has at most 400 lines', () => {
    const long = sources
      .map(({ path, text }) => ({ path, lines: text.trimEnd().split('\n').length }))
      .filter(({ lines }) => lines > 400);
    expect(long).toEqual([]);
    expect(read('tidy.test.ts').split('\n').length).toBeLessThan(400);
  });

  it('[TIDY-21] a function has at most 80 lines, a component or a factory with all it holds 150', () => {
    const long = sources.flatMap(({ path, text, isTest }) => {
      const bodies = isTest ? [] : text.matchAll(/^(?:export )?(?:async )?function\*? (\w+)[\s\S]*?^}$/gm);
      return [...bodies]
        .map(([body, name]) => ({ path, name, body, lines: body.split('\n').length }))
        .filter(({ body, lines }) => lines > (path.endsWith('.tsx') || isFactory(body) ? 150 : 80))
        .map(({ name, lines }) => ({ path, name, lines }));
    });
    expect(long).toEqual([]);
  });

  it('[TIDY-7] names are kebab-case and say what is inside: no junk drawers', () => {
    const banned = new Set(['utils', 'util', 'helpers', 'helper', 'common', 'shared', 'misc']);
    const drawers = tracked.filter((path) =>
      path.split('/').some((part) => banned.has(part.replace(/\..*$/, ''))),
    );
    const oddNames = sources
      .map(({ path }) => path)
      .filter((path) => !/\/?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*\.tsx?$/.test(path.split('/').at(-1) ?? ''));
    expect([...drawers, ...oddNames]).toEqual([]);
  });

  it('[TIDY-8] a source file begins with a comment: what it is for and what must stay true', () => {
    const files = sources.filter(({ path, isTest }) => !isTest && !/(^|\/)index\.ts$|\.d\.ts$/.test(path));
    expect(files.filter(({ text }) => !/^(#!.*\n)?(\/\/|\/\*)/.test(text)).map(({ path }) => path)).toEqual(
      [],
    );
  });

  it('[TIDY-9] barrels stand at the root of a package only', () => {
    const inner = sources.filter(
      ({ path, text }) => /^export \* from/m.test(text) && !/^[^/]+\/[^/]+\/src\/index\.ts$/.test(path),
    );
    expect(inner.map(({ path }) => path)).toEqual([]);
  });

  it('[TIDY-10] no tracked file names a package registry or a path of the machine it was made on', () => {
    const texts = tracked.filter(
      (path) => !/\.(png|jpg|ico|gz|woff2?|wasm)$/.test(path) && path !== 'tidy.test.ts',
    );
    const pattern =
      /\/work\/(main|shared|briefs)\b|\/root\/|\/home\/[a-z]+\/|https?:\/\/[^\s/"']*(registry|npmjs|artifactory|nexus)\b/;
    expect(texts.filter((path) => pattern.test(read(path)))).toEqual([]);
  });
});

describe('means', () => {
  const written = sources.filter(({ isTest }) => !isTest);
  const isConfig = (path: string) => /\.config\.ts$/.test(path);

  it('[TIDY-11] no test is skipped, left for later or run alone', () => {
    expect(
      places(
        sources,
        /\b(it|test|describe|suite)\.(skip|only|todo|skipIf|runIf|fails)\b|\bx(it|describe|test)\(/,
      ),
    ).toEqual([]);
  });
  it('[TIDY-12] nothing is left to do in a comment', () => {
    expect(
      sources.filter(({ text }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text)).map(({ path }) => path),
    ).toEqual([]);
  });
  it('[TIDY-13] types are neither switched off nor widened to anything', () => {
    expect(places(sources, /:\s*any\s*[;,)=|&\]>{[]|\bas any\s*[;,)\].]|<any\b|,\s*any>|\bany\[\]/)).toEqual(
      [],
    );
    expect(
      sources
        .filter(({ text, isTest }) =>
          (isTest ? /@ts-(ignore|nocheck)/ : /@ts-(ignore|nocheck|expect-error)/).test(text),
        )
        .map(({ path }) => path),
    ).toEqual([]);
  });
  it('[TIDY-14] exports have names, and sets of names are unions', () => {
    expect(
      places(
        sources.filter(({ path }) => !isConfig(path)),
        /^\s*export default\b|\bas default\b/,
      ),
    ).toEqual([]);
    expect(places(sources, /^\s*(export\s+)?(declare\s+)?(const\s+)?enum\s/)).toEqual([]);
  });
  it('[TIDY-15] the model and the engine ask their ports for time and chance', () => {
    const edge = /^packages\/device\/src\/(worker|client|node|adapters\/.*)(\.ts)?$/;
    const pure = written.filter(
      ({ path }) => (within(path, 'packages/model') || within(path, 'packages/device')) && !edge.test(path),
    );
    expect(
      places(
        pure,
        /\bDate\.now\b|\bMath\.random\b|\bnew Date\(\)|\bperformance\.now\b|\bsetTimeout\b|\bsetInterval\b/,
      ),
    ).toEqual([]);
  });
  it('[TIDY-16] nobody reads the words of an error', () => {
    expect(
      places(
        written,
        /\.message\.(includes|match|startsWith|endsWith|search|indexOf)\b|\b(error|err|cause)\.message\s*===/,
      ),
    ).toEqual([]);
  });
  it('[TIDY-17] relative imports name the file with its ending', () => {
    const wrong = sources.flatMap(({ path, imports }) =>
      imports
        .filter((name) => name.startsWith('.') && !/\.[a-z]+(\?[a-z&]+)?$/.test(name))
        .map((name) => `${path} → ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});

describe('rules', () => {
  const specs = tracked.filter((path) => path === 'docs/SPEC.md' || /^docs\/spec\/.*\.md$/.test(path));
  const rules = new Set(
    specs.flatMap((path) =>
      [...read(path).matchAll(/^\s*(?:[-*|#]+\s*)?[*`]*([A-Z]{2,8}-\d+)\b/gm)].flatMap(
        (match) => match[1] ?? [],
      ),
    ),
  );
  // Ids of features (F-…) and of acceptance stories are listed elsewhere.
  const isRule = (id: string) => !/^(F|N|FW|AD|DV|FX)-/.test(id);
  const tests = tracked.filter((path) => /\.(test|spec|contract)\.tsx?$/.test(path));
  const worn = new Set(
    tests.flatMap((path) =>
      [...read(path).matchAll(/['"`]\[([A-Z]+-\d+)\]/g)].flatMap((match) => match[1] ?? []),
    ),
  );

  it('[TIDY-18] every rule has a test that bears its number', () => {
    expect([...rules].filter((id) => isRule(id) && !worn.has(id))).toEqual([]);
  });
  it('[TIDY-18] every number that a test bears is a rule', () => {
    expect([...worn].filter((id) => isRule(id) && !rules.has(id))).toEqual([]);
  });
  it('[TIDY-19] every test title begins with the number of its rule', () => {
    expect(
      places(
        sources.filter(({ path }) => tests.includes(path)),
        /\b(it|test)\(\s*(['"`])(?!\[)(?=[^'"`])/,
      ),
    ).toEqual([]);
  });
  it('[TIDY-20] every limit is explained in docs/LIMITS.md', () => {
    const manual = read('docs/LIMITS.md');
    const named = sources
      .filter(({ path }) => /\/limits\.ts$/.test(path))
      .flatMap(({ path, text }) =>
        [...text.matchAll(/^ {2}([a-z]\w*): /gm)].map((match) => ({ path, name: match[1] ?? '' })),
      );
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter(({ name }) => !manual.includes(`\`${name}\``))).toEqual([]);
  });
});
