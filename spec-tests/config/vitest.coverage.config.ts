import { fileURLToPath } from 'node:url';
import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/*
 * c8 reads V8's own byte offsets, so that the code under test must be the files that Node itself loads: the built dist,
 * kept out of Vite's transform. With sources that Vite has transformed the figures are wrong and look good.
 */
const config = mergeConfig(
  base,
  defineConfig({
    plugins: [
      {
        name: 'src-to-dist',
        enforce: 'pre',
        resolveId(id, importer) {
          if (!importer?.startsWith(`${root}spec-tests/`) || !/^(?:\.\.\/)+src\//.test(id)) return undefined;
          return `${root}dist/${id.replace(/^(?:\.\.\/)+src\//, '').replace(/\.ts$/, '.js')}`;
        },
      },
    ],
    test: {
      server: { deps: { external: [/\/dist\//] } },
      setupFiles: ['spec-tests/config/flush-coverage.ts'],
    },
  }),
);

// Slow tests too, since some code is run by nothing else; but not mutants: copies of the sources are not what is covered.
config.test.exclude = ['**/node_modules/**', 'spec-tests/mutants/**'];

export default config;
