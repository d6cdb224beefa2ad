// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../base/errors.ts';
import { type Config, makeConfig } from './config.ts';
import type { Environment } from './environment.ts';
import { namesNotDoneYet } from './config-file.ts';
import type { Daemon } from './daemon.ts';
import { parseFlags } from './flags.ts';
import { helpText } from './help.ts';
import type { Settings } from './options/table.ts';
import { writeDump } from './process/dump.ts';
import { createLog, type DaemonLog } from './process/log.ts';
import { listenForSignals } from './process/signals.ts';
import { writeStderr } from './process/stderr.ts';
import { joinSettings, readSources, rereadSources, type Sources } from './settings.ts';
import { refuseContradictions } from './validate.ts';
import { BERTH } from './version.ts';

const SUCCESS = 0;
const FAILURE = 1;

/** Permissions of files that do not say otherwise: dockerd's. */
const UMASK = 0o022;

const refuseNotDoneYet = (settings: Settings): void => {
  const [first] = namesNotDoneYet(settings, 'refuse');
  if (first === undefined) return;
  throw new EngineError(
    'not-implemented',
    `--${first} is not available yet, and starting without it would not be what was asked for`,
  );
};

const requireRoot = (): void => {
  if (process.geteuid?.() !== 0)
    throw new EngineError('forbidden', 'berthd needs to be started with root privileges');
};

/** Keeps a failure in one place from ending the daemon silently: it is told, and the daemon goes on. */
const reportStrayFailures = (log: DaemonLog): void => {
  process.on('unhandledRejection', (reason) => {
    log.error('a failure was not handled', {
      error: messageOf(reason),
      stack: reason instanceof Error ? reason.stack : undefined,
    });
  });
  process.on('uncaughtException', (error) => {
    log.error('a failure was not handled', { error: error.message, stack: error.stack });
  });
};

/** The signals of a running daemon, and the moment at which it shall stop. */
class Run {
  readonly #stop = Promise.withResolvers<void>();
  readonly #log: DaemonLog;
  readonly #env: Environment;
  #sources: Sources;

  constructor(sources: Sources, env: Environment, log: DaemonLog) {
    this.#sources = sources;
    this.#env = env;
    this.#log = log;
  }

  async until(config: Config): Promise<void> {
    // The engine is loaded when it is needed: --help, --version and --validate answer without it.
    const engine = await import('./daemon.ts');
    await using daemon = new engine.Daemon({ config, env: this.#env, log: this.#log });
    using _signals = listenForSignals(
      {
        stop: () => {
          daemon.abort();
          this.#stop.resolve();
        },
        reload: () => this.#reload(daemon),
        dump: () => this.#dump(config),
        abandon: (exitCode) => process.exit(exitCode),
      },
      this.#log,
    );
    await daemon.start();
    await this.#stop.promise;
    await daemon.stop();
  }

  #reload(daemon: Daemon): void {
    try {
      const sources = rereadSources(this.#sources);
      const settings = joinSettings(sources.file, sources.flags);
      refuseContradictions(settings);
      const config = makeConfig(settings, this.#env);
      daemon.reload(config);
      this.#log.setLevel(config.logLevel);
      this.#sources = sources;
      this.#log.info('Reloaded configuration', { debug: config.debug });
    } catch (error) {
      this.#log.error('Error reconfiguring the daemon', { error: messageOf(error) });
    }
  }

  #dump(config: Config): void {
    try {
      this.#log.info('the state of the process was written', { path: writeDump(config.execRoot) });
    } catch (error) {
      this.#log.error('the state of the process could not be written', { error: messageOf(error) });
    }
  }
}

/** Everything that one run of the daemon is made from. */
interface Start {
  readonly sources: Sources;
  readonly settings: Settings;
  readonly config: Config;
  readonly env: Environment;
  readonly log: DaemonLog;
}

const startAndServe = async ({ sources, settings, config, env, log }: Start): Promise<void> => {
  log.info('Starting up', { version: BERTH.version });
  requireRoot();
  refuseContradictions(settings);
  refuseNotDoneYet(settings);
  for (const name of namesNotDoneYet(settings, 'warn'))
    log.warn('this option has no effect yet', { option: name });
  process.umask(UMASK);
  reportStrayFailures(log);
  await new Run(sources, env, log).until(config);
  log.info('Daemon shutdown complete');
};

const runDaemon = async (sources: Sources, env: Environment): Promise<number> => {
  const settings = joinSettings(sources.file, sources.flags);
  try {
    const config = makeConfig(settings, env);
    const log = createLog({ level: config.logLevel, format: config.logFormat, write: writeStderr });
    await startAndServe({ sources, settings, config, env, log });
    return SUCCESS;
  } catch (error) {
    if (settings.debug === true) writeStderr(`${error instanceof Error ? error.stack : String(error)}\n`);
    writeStderr(`failed to start daemon: ${messageOf(error)}\n`);
    return FAILURE;
  }
};

/** The `berthd` command: gives the exit code of the process. */
export const runCommand = async (
  args: readonly string[],
  env: Environment = process.env,
): Promise<number> => {
  let sources: Sources;
  try {
    const flags = parseFlags(args);
    if (flags.help === true) {
      process.stdout.write(helpText());
      return SUCCESS;
    }
    if (flags.version === true) {
      process.stdout.write(`Berth version ${BERTH.version}, build ${BERTH.commit}\n`);
      return SUCCESS;
    }
    sources = readSources(flags);
    if (flags.validate === true) {
      writeStderr('configuration OK\n');
      return SUCCESS;
    }
  } catch (error) {
    writeStderr(`${messageOf(error)}\n`);
    return FAILURE;
  }
  return runDaemon(sources, env);
};
