// SPDX-License-Identifier: Apache-2.0
import type { Judgement } from './judge.ts';
import type { CoverageDocument, Section } from './row.ts';

// More than these say no more, and every step added elsewhere would change the page.
const SHOWN = 3;

const WORDS: Readonly<Record<Judgement['state'], string>> = {
  dockerd: 'as dockerd 20.10',
  newer: 'as 28.5, beside 20.10',
  specification: 'as 28.5',
  test: 'test of Berth',
  open: 'open',
  missing: 'missing',
};

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function shownBy({ row, state, witnesses }: Judgement): string {
  if (state === 'open') return row.open ?? '';
  if (state === 'test') return `${row.test?.file}: ${row.test?.name}`;
  const names = witnesses.map(({ noun, step }) => `${noun}: ${step}`);
  return [...names.slice(0, SHOWN), ...(names.length > SHOWN ? ['…'] : [])].join('; ');
}

function tableOf(section: Section, judged: ReadonlyMap<string, Judgement>): string {
  const lines = section.rows.map((row) => {
    const judgement = judged.get(row.name) ?? { row, state: 'missing', witnesses: [] };
    const cells = [`\`${row.name}\``, row.says, WORDS[judgement.state], shownBy(judgement)];
    return `| ${cells.map(cell).join(' | ')} |`;
  });
  return [
    `## ${section.title}`,
    '',
    '| Row | What holds | Measured | Shown by |',
    '|---|---|---|---|',
    ...lines,
    '',
  ].join('\n');
}

/** The page of a document: how many rows are shown by what, and each of them. */
export function writePage(document: CoverageDocument, judged: ReadonlyMap<string, Judgement>): string {
  const states = [...judged.values()].map(({ state }) => state);
  const count = (state: Judgement['state']): number => states.filter((one) => one === state).length;
  const counts = Object.entries(WORDS)
    .map(([state, words]) => [count(state as Judgement['state']), words] as const)
    .filter(([number]) => number > 0)
    .map(([number, words]) => `${number} ${words}`);
  return [
    `# ${document.title}`,
    '',
    `Written by \`${document.command}\` from the last run of the conformance suite, in which each step is done to Debian's`,
    'dockerd 20.10 and to Berth. A row says by what its steps were measured: by dockerd as it is, by its answer in the words of',
    'Docker 28.5, or, for what 20.10 does not have, by the specification of 28.5 alone.',
    '',
    `${states.length} rows: ${counts.join(', ')}.`,
    '',
    ...document.sections.map((section) => tableOf(section, judged)),
  ].join('\n');
}
