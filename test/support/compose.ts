// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Engine } from './engine.ts';
import type { CommandOptions, CommandResult } from './run-command.ts';

/** Where scripts/test.sh unpacks the plugin of Debian's docker-compose 2.26. */
const PLUGIN = '/var/cache/berth-clients/docker-compose';

/** Why tests with Compose can't run here; false when they can. */
export const composeIsMissing = (): string | false =>
  existsSync(PLUGIN) ? false : `there is no ${PLUGIN}: scripts/test.sh downloads it`;

/** A Compose project in a directory of its own. */
export interface ComposeProject {
  readonly directory: string;
  /** Runs `docker compose …`, whatever it answers. */
  run(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Runs it; it must succeed. Gives its stdout without the last line end. */
  compose(...args: readonly string[]): Promise<string>;
}

/** Writes a project's files (by path below its directory) and gives the CLI of `engine` its Compose plugin. */
export async function createComposeProject(
  engine: Engine,
  files: Readonly<Record<string, string>>,
): Promise<ComposeProject> {
  const plugins = join(engine.directory, 'cli/cli-plugins');
  await mkdir(plugins, { recursive: true });
  await symlink(PLUGIN, join(plugins, 'docker-compose')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const directory = join(engine.directory, 'project');
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  const run: ComposeProject['run'] = (args, options = {}) =>
    engine.docker(['compose', '--ansi', 'never', ...args], { timeout: 180_000, cwd: directory, ...options });
  return {
    directory,
    run,
    compose: async (...args) => {
      const { code, stdout, stderr } = await run(args);
      assert.equal(code, 0, `docker compose ${args.join(' ')} answered ${code}: ${stderr}${stdout}`);
      return stdout.replace(/\n$/, '');
    },
  };
}
