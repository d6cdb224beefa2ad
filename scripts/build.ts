// SPDX-License-Identifier: Apache-2.0
// Makes dist/berthd.mjs: the daemon as one file. Only koffi stays outside, for its native library.
import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';

const commit = (): string => {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return '';
  }
};

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };
const facts = { version, commit: commit(), time: new Date().toISOString() };

/**
 * An ES import of node:http reads every export of it, and one of them loads undici: 25 ms and 8 MB that nothing here uses.
 * Taken by `process.getBuiltinModule`, only what is used is read.
 */
const lazyHttp: Plugin = {
  name: 'lazy-http',
  setup: (bundler) => {
    bundler.onResolve({ filter: /^node:https?$/ }, ({ path }) => ({ path, namespace: 'builtin' }));
    bundler.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)});`,
    }));
  },
};

rmSync('dist', { recursive: true, force: true });
await build({
  entryPoints: { berthd: 'src/main.ts' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  chunkNames: 'part-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node24',
  // Packages that have both give their ES modules: the names that a lazy import takes are there.
  mainFields: ['module', 'main'],
  external: ['koffi'],
  plugins: [lazyHttp],
  define: { BERTH_BUILD: JSON.stringify(facts) },
  // Packages that are CommonJS inside ask for Node's own modules by `require`.
  banner: {
    js: "import { createRequire as berthRequire } from 'node:module'; const require = berthRequire(import.meta.url);",
  },
  legalComments: 'linked',
  minifySyntax: true,
  logLevel: 'warning',
});
console.log(`dist/berthd.mjs: ${Math.round(statSync('dist/berthd.mjs').size / 1024)} KiB`);
