// SPDX-License-Identifier: Apache-2.0
import type { Chain, Change, Element, Table } from './nftables.ts';

const chainText = ({ name, hook, rules }: Chain): string =>
  `chain ${name} { type ${hook.type} hook ${hook.hook} priority ${hook.priority}; policy accept; ${rules.map((rule) => `${rule};`).join(' ')} }`;

const tableText = ({ name, family, maps, chains }: Table): string => {
  const mapTexts = maps.map(
    (map) => `map ${map.name} { type ${map.type};${map.intervals === true ? ' flags interval;' : ''} }`,
  );
  return `table ${family ?? 'ip'} ${name} {\n${[...mapTexts, ...chains.map(chainText)].join('\n')}\n}`;
};

const placeOf = ({ family, table, map }: Element): string => `${family ?? 'ip'} ${table} ${map}`;

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
      return `add element ${placeOf(change.element)} { ${change.element.key} : ${change.element.value} }`;
    case 'delete-element':
      return `delete element ${placeOf(change.element)} { ${change.element.key} }`;
  }
};

const joins = (one: Change | undefined, other: Change): boolean => {
  if (one?.change !== 'add-element' && one?.change !== 'delete-element') return false;
  return one.change === other.change && placeOf(one.element) === placeOf(other.element);
};

/** The changes in nft's language (nft(8)), one transaction. Elements that follow each other in a map are one command: that halves nft's time. */
export const commandsOf = (changes: readonly Change[]): string => {
  const commands: string[] = [];
  for (const [index, change] of changes.entries()) {
    const command = commandOf(change);
    const open = joins(changes[index - 1], change) ? commands.pop() : undefined;
    commands.push(
      open === undefined ? command : `${open.slice(0, -2)}, ${command.slice(command.indexOf('{ ') + 2)}`,
    );
  }
  return commands.join('\n');
};
