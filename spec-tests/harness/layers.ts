import { posix } from 'node:path';
import type { Texts } from './repository.ts';

/**
 * The layers of `src/`, lowest first, as docs/architecture.md draws them. Folders of one layer are strangers. A single
 * file stands for itself.
 */
export const LAYERS: readonly (readonly string[])[] = [
  ['bits'],
  ['structures', 'registers', 'messages', 'conditions'],
  ['platform', 'acpi'],
  ['caches', 'events'],
  ['dma-remapping', 'interrupt-remapping', 'invalidation', 'faults', 'page-requests', 'performance'],
  ['unit'],
  ['topology', 'builder'],
  ['tables', 'permitted'],
  ['lint'],
  ['matchers', 'images', 'logs', 'export', 'vectors', 'oracle'],
  ['conformance', 'adapters', 'traces'],
  ['cli', 'index.ts'],
];

/** Below this one everything runs in a browser. */
const FIRST_WITH_NODE = layerOf('src/images')!;

/** Imports between strangers that are allowed all the same, and why. Each of them must be there. */
export const ACROSS: readonly { readonly from: string; readonly to: string; readonly because: string }[] = [
  {
    from: 'src/messages/outcome.ts',
    to: 'src/conditions/condition.ts',
    because: 'a blocked outcome names its row; conditions/ imports nothing back',
  },
];

/** The packages that a folder may import. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  cli: ['cli-progress', 'commander'],
  conformance: ['fast-check', 'tinypool'],
  images: ['fzstd'],
};

// A statement starts its line, since the sources are formatted; what stands between has neither quote nor semicolon.
const STATIC = /^[ \t]*(?:import|export)\b[^;'"`]*?\bfrom\s*(['"])([^'"]+)\1/gm;
const BARE = /^[ \t]*import\s*(['"])([^'"]+)\1/gm;
const DYNAMIC = /(?<![.\w])(?:import|require)\s*\(\s*(?:\/\*[\s\S]*?\*\/\s*)?(?:(['"`])([^'"`$]+)\1|)/g;

/** What is imported, in any way that TypeScript has. `?` stands for a name that is computed. */
export function importsOf(text: string): readonly string[] {
  return [STATIC, BARE, DYNAMIC].flatMap((form) => [...text.matchAll(form)].map((found) => found[2] ?? '?'));
}

/** Every import in `src/` that breaks a rule of the layers, a sentence each. */
export function layerViolations(texts: Texts): readonly string[] {
  const found: string[] = [];
  for (const [path, text] of texts) {
    if (layerOf(path) === undefined) found.push(`${path} stands in no layer`);
    else for (const name of importsOf(text)) found.push(...violation(path, name, texts));
  }
  return [...found, ...cyclesIn(texts)];
}

function violation(path: string, name: string, texts: Texts): readonly string[] {
  const layer = layerOf(path)!;
  if (name === '?') return [`${path} imports what cannot be told from its text`];
  if (name.startsWith('node:')) return layer >= FIRST_WITH_NODE ? [] : [`${path} imports ${name} below images/`];
  if (!name.startsWith('.')) {
    const allowed = PACKAGES[folderOf(path)] ?? [];
    return allowed.includes(name) ? [] : [`${path} imports the package ${name}`];
  }
  const target = posix.join(posix.dirname(path), name);
  if (!target.startsWith('src/')) return [`${path} imports ${target}, outside src/`];
  if (!texts.has(target)) return [`${path} imports ${target}, which is not there`];
  const other = layerOf(target);
  if (other === undefined || folderOf(target) === folderOf(path)) return [];
  if (other > layer) return [`${path} imports upwards: ${target}`];
  if (folderOf(path) === 'index.ts') return folderOf(target) === 'cli' ? [`${path} imports cli/: ${target}`] : [];
  if (ACROSS.some(({ from, to }) => from === path && to === target)) return [];
  return other === layer ? [`${path} imports from a stranger of its layer: ${target}`] : [];
}

/** Import cycles, each named once by the file of it that sorts first. */
function cyclesIn(texts: Texts): readonly string[] {
  const edges = new Map(
    [...texts].map(([path, text]) => {
      const targets = importsOf(text).filter((name) => name.startsWith('.'));
      return [path, targets.map((name) => posix.join(posix.dirname(path), name))] as const;
    }),
  );
  return [...edges.keys()].flatMap((start) => {
    const seen = new Set<string>();
    const stack = [...edges.get(start)!];
    for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
      if (path === start) return [...seen].every((other) => other > start) ? [`${start} is in an import cycle`] : [];
      // Files that sort before the start have told of their own cycles.
      if (path < start || seen.has(path)) continue;
      seen.add(path);
      stack.push(...(edges.get(path) ?? []));
    }
    return [];
  });
}

function folderOf(path: string): string {
  return path.split('/')[1] ?? '';
}

function layerOf(path: string): number | undefined {
  const found = LAYERS.findIndex((folders) => folders.includes(folderOf(path)));
  return found < 0 ? undefined : found;
}
