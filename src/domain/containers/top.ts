// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { ProcessTable } from './containers.ts';
import type { Core } from './core.ts';
import { isRestarting, notRunning } from './errors.ts';
import { hasProcess } from './state.ts';

export type TopDeps = Pick<Core, 'ledger' | 'containerd' | 'processStatus'>;

/** Columns may be renamed, but no other column may be called PID: it would be taken for one. @throws internal */
const checkArguments = (text: string): void => {
  for (const [, column = '', title = ''] of text.matchAll(/\s+(\S*)=\s*(PID\S*)/g))
    if (column !== 'pid') throw new EngineError('internal', `specifying "${column}=${title}" is not allowed`);
};

const fieldsOf = (line: string): readonly string[] =>
  line.split(/[ \t\n\v\f\r]+/).filter((field) => field !== '');

const pidOf = (text: string): number => {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  const why = `strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`;
  throw new EngineError('internal', `Unexpected pid '${text}': ${why}`);
};

/** Picks the lines of some processes out of what `ps` printed. The last column takes what is left of its line. */
export const parseProcessTable = (printed: string, pids: readonly number[]): ProcessTable => {
  const [header = '', ...lines] = printed.split('\n');
  const titles = fieldsOf(header);
  const pidColumn = titles.indexOf('PID');
  if (pidColumn < 0) throw new EngineError('internal', "Couldn't find PID field in ps output");
  const wanted = new Set(pids);
  const processes: (readonly string[])[] = [];
  let isThreadOfWanted = false;
  for (const line of lines.filter((text) => text !== '')) {
    const fields = fieldsOf(line);
    const pid = fields[pidColumn] ?? '';
    // Threads (option `m`) follow their process and have a dash for its number.
    if (pid !== '-') isThreadOfWanted = wanted.has(pidOf(pid));
    if (!isThreadOfWanted) continue;
    const last = titles.length - 1;
    processes.push([...fields.slice(0, last), fields.slice(last).join(' ')]);
  }
  return { titles, processes };
};

/** The processes of a container as `ps` tells them. @throws conflict when it does not run; internal with what `ps` says */
export const listProcesses = async (
  deps: TopDeps,
  reference: string,
  psArguments: string,
): Promise<ProcessTable> => {
  const text = psArguments === '' ? '-ef' : psArguments;
  checkArguments(text);
  const container = deps.ledger.resolve(reference);
  if (container.state.status === 'restarting') throw isRestarting(container.id);
  if (!hasProcess(container.state)) throw notRunning(container.id);
  const pids = await deps.containerd.tasks.pids(container.id);
  const table = parseProcessTable(await deps.processStatus.list(text.split(' '), pids), pids);
  deps.ledger.publish(container, 'top');
  return table;
};
