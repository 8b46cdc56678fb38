import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import manifest from '../package.json' with { type: 'json' };
import tsconfig from '../tsconfig.json' with { type: 'json' };
import { ROOT } from './harness/repository.ts';

interface Locked {
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

describe('package-lock.json', () => {
  test('names the binaries of every platform, without which npm ci refuses it', () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !(`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages),
      ),
    );
    expect(missing).toEqual([]);
  });

  test('names no host: packages come from whatever registry npm is set to', () => {
    expect(Object.keys(packages).filter((path) => packages[path]!.resolved !== undefined)).toEqual([]);
  });
});

describe('package.json', () => {
  const modules = Object.entries(manifest.exports).flatMap(([name, target]) =>
    typeof target === 'string' ? [] : [{ name: name.replace(/^\./, manifest.name), ...target }],
  );

  test.each(modules)('$name is made from a file of src/, and the examples find it there', (module) => {
    const source = module.default.replace(/^\.\/dist\/(.*)\.js$/, './src/$1.ts');
    expect(module.types).toBe(module.default.replace(/\.js$/, '.d.ts'));
    expect(existsSync(join(ROOT, source)), source).toBe(true);
    expect((tsconfig.compilerOptions.paths as Readonly<Record<string, readonly string[]>>)[module.name]).toEqual([
      source,
    ]);
  });

  test('the command is made from src/cli/main.ts', () => {
    expect(manifest.bin).toEqual({ vtd: 'dist/cli/main.js' });
  });
});
