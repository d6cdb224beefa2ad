// SPDX-License-Identifier: Apache-2.0
import type { Chain, Change, Element, Table } from './nftables.ts';

const chainText = ({ name, hook, rules }: Chain): string =>
  `chain ${name} { type ${hook.type} hook ${hook.hook} priority ${hook.priority}; policy accept; ${rules.map((rule) => `${rule};`).join(' ')} }`;

const tableText = ({ name, family, maps, chains }: Table): string => {
  const mapTexts = maps.map((map) => `map ${map.name} { type ${map.type}; }`);
  return `table ${family ?? 'ip'} ${name} {\n${[...mapTexts, ...chains.map(chainText)].join('\n')}\n}`;
};

const elementText = ({ table, map, key }: Element, value: string): string =>
  `ip ${table} ${map} { ${key}${value} }`;

/** nft cannot delete what may not be there: adding it first makes the deletion certain. */
const deleteTable = (name: string, family: 'ip' | 'ip6' = 'ip'): string =>
  `add table ${family} ${name}\ndelete table ${family} ${name}`;

const commandOf = (change: Change): string => {
  switch (change.change) {
    case 'replace-table':
      return `${deleteTable(change.table.name, change.table.family)}\n${tableText(change.table)}`;
    case 'create-table':
      return `create table ${change.table.family ?? 'ip'} ${change.table.name}\n${tableText(change.table)}`;
    case 'delete-table':
      return deleteTable(change.table, change.family);
    case 'add-element':
      return `add element ${elementText(change.element, ` : ${change.element.value}`)}`;
    case 'delete-element':
      return `delete element ${elementText(change.element, '')}`;
  }
};

/** The changes in nft's language (nft(8)), one transaction. */
export const commandsOf = (changes: readonly Change[]): string => changes.map(commandOf).join('\n');
