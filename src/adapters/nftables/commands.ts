// SPDX-License-Identifier: Apache-2.0
import type { Chain, Change, Element, ElementMap, Table, TableContents } from './nftables.ts';

type ElementChange = Extract<Change, { readonly element: Element }>;
type Family = Table['family'];

/** What a table holds now; `undefined` when it is not there. */
export type ContentsOf = (table: string, family: Family) => TableContents | undefined;

const chainText = ({ name, hook, rules }: Chain): string => {
  const place = hook ? `type ${hook.type} hook ${hook.hook} priority ${hook.priority}; policy accept; ` : '';
  return `chain ${name} { ${place}${rules.map((rule) => `${rule};`).join(' ')} }`;
};

const mapText = ({ name, type, intervals }: ElementMap): string => {
  const kind = type.includes(' : ') ? 'map' : 'set';
  return `${kind} ${name} { type ${type};${intervals === true ? ' flags interval;' : ''} }`;
};

const place = (table: string, family: Family): string => `${family ?? 'ip'} ${table}`;

const tableText = ({ name, family, maps, chains }: Table): string =>
  `table ${place(name, family)} {\n${[...maps.map(mapText), ...chains.map(chainText)].join('\n')}\n}`;

/** nft cannot delete what may not be there: adding it first makes the deletion certain. */
const deleteTable = (name: string, family: Family): string =>
  `add table ${place(name, family)}\ndelete table ${place(name, family)}`;

/** Takes all out of a table but what begins with `keeps`: first what refers to others, then those. Of `emptied` only elements. */
const emptyTable = (
  at: string,
  contents: TableContents,
  keeps: string,
  emptied: ReadonlySet<string>,
): readonly string[] => {
  const isGoing = (name: string): boolean => !name.startsWith(keeps);
  const chains = [...contents.chains.keys()].filter(isGoing);
  const maps = [
    ...contents.maps.map((name) => ['map', name] as const),
    ...contents.sets.map((name) => ['set', name] as const),
  ].filter(([, name]) => isGoing(name));
  return [
    ...chains.map((chain) => `flush chain ${at} ${chain}`),
    ...maps.map(([kind, name]) => `flush ${kind} ${at} ${name}`),
    ...chains.map((chain) => `delete chain ${at} ${chain}`),
    ...maps.filter(([, name]) => !emptied.has(name)).map(([kind, name]) => `delete ${kind} ${at} ${name}`),
  ];
};

const renewTable = (change: Extract<Change, { change: 'renew-table' }>, contentsOf: ContentsOf): string => {
  const { table, keeps, redeclares } = change;
  const contents = contentsOf(table.name, table.family);
  if (!contents) return tableText(table);
  const kept = redeclares === true ? [] : table.maps.filter(({ intervals }) => intervals !== true);
  const emptied = new Set(kept.map(({ name }) => name));
  return [...emptyTable(place(table.name, table.family), contents, keeps, emptied), tableText(table)].join(
    '\n',
  );
};

const commandOf = (change: Exclude<Change, ElementChange>, contentsOf: ContentsOf): string => {
  switch (change.change) {
    case 'replace-table':
      return `${deleteTable(change.table.name, change.table.family)}\n${tableText(change.table)}`;
    case 'create-table':
      return `create table ${place(change.table.name, change.table.family)}\n${tableText(change.table)}`;
    case 'renew-table':
      return renewTable(change, contentsOf);
    case 'delete-table':
      return deleteTable(change.table, change.family);
    case 'add-chain':
      return `table ${place(change.table, change.family)} {\n${chainText(change.chain)}\n}`;
    case 'delete-chain': {
      const at = `${place(change.table, change.family)} ${change.chain}`;
      return `flush chain ${at}\ndelete chain ${at}`;
    }
  }
};

const elementText = (kind: ElementChange['change'], { key, value }: Element): string =>
  kind === 'add-element' && value !== '' ? `${key} : ${value}` : key;

/** One command that adds elements to a map, or takes them out of it. */
interface ElementCommand {
  readonly head: string;
  readonly elements: string[];
}

/** The changes in nft's language (nft(8)), one transaction. Elements that follow each other in a map are one command: that halves nft's time. */
export const commandsOf = (changes: readonly Change[], contentsOf: ContentsOf): string => {
  const commands: (string | ElementCommand)[] = [];
  for (const change of changes) {
    if (change.change !== 'add-element' && change.change !== 'delete-element') {
      commands.push(commandOf(change, contentsOf));
      continue;
    }
    const { table, family, map } = change.element;
    const verb = change.change === 'add-element' ? 'add' : 'delete';
    const head = `${verb} element ${place(table, family)} ${map}`;
    const text = elementText(change.change, change.element);
    const last = commands.at(-1);
    if (typeof last === 'object' && last.head === head) last.elements.push(text);
    else commands.push({ head, elements: [text] });
  }
  return commands
    .map((command) =>
      typeof command === 'string' ? command : `${command.head} { ${command.elements.join(', ')} }`,
    )
    .join('\n');
};
