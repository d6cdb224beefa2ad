// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Engine } from '../support/engine.ts';
import { type Holdings, takeHoldings } from './counts.ts';

/** What networks hold beside what containers do. */
export interface NetworkHoldings extends Holdings {
  readonly networks: number;
  readonly links: number;
  readonly rules: number;
  /** Sockets that listen in the host's namespace. */
  readonly ports: number;
  /** Networks and debts to plugins on record. */
  readonly records: number;
  readonly tables: number;
}

type Item = Readonly<Record<'rule' | 'table', object | undefined>>;

const countRules = async (engine: Engine): Promise<Pick<NetworkHoldings, 'rules' | 'tables'>> => {
  const { stdout } = await engine.netns.run(['nft', '-j', 'list', 'ruleset']);
  const { nftables } = JSON.parse(stdout) as { readonly nftables: readonly Item[] };
  return {
    rules: nftables.filter(({ rule }) => rule !== undefined).length,
    tables: nftables.filter(({ table }) => table !== undefined).length,
  };
};

const countPorts = async (engine: Engine): Promise<number> => {
  const { stdout } = await engine.netns.run(['ss', '-Hltun']);
  return stdout.split('\n').filter(Boolean).length;
};

const countRecords = (engine: Engine): number => {
  using database = new DatabaseSync(join(engine.dataRoot, 'network.db'), { readOnly: true });
  const count = (table: string): number =>
    Number(database.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.['count'] ?? -1);
  return count('networks') + count('debts');
};

/** Counts what an engine holds now, its networks included. */
export const takeNetworkHoldings = async (engine: Engine): Promise<NetworkHoldings> => {
  const networks = await engine.request('GET', '/v1.51/networks');
  const holdings = await takeHoldings(engine);
  return {
    ...holdings,
    ...(await countRules(engine)),
    networks: (networks.json as readonly unknown[]).length,
    links: (await engine.netns.links()).length,
    ports: await countPorts(engine),
    records: holdings.records + countRecords(engine),
  };
};
