// SPDX-License-Identifier: Apache-2.0
import { PROGRAM } from './flags.ts';
import { optionRows } from './options/table.ts';

const LATER = { warn: ' (no effect yet)', refuse: ' (not available yet)' } as const;

/** The text of `--help`, made from the table of options. */
export const helpText = (): string => {
  const rows = optionRows()
    .filter(([, option]) => option.only !== 'file' && option.hidden !== true)
    .map(([name, option]) => {
      const short = option.short === undefined ? '    ' : `-${option.short}, `;
      const placeholder = option.kind.placeholder === '' ? '' : ` ${option.kind.placeholder}`;
      const shown = option.shown === undefined ? '' : ` (default ${option.shown})`;
      const later = option.later === undefined ? '' : LATER[option.later];
      return [`  ${short}--${name}${placeholder}`, `${option.help}${shown}${later}`] as const;
    });
  const width = Math.max(...rows.map(([left]) => left.length)) + 3;
  const lines = rows.map(([left, right]) => left.padEnd(width) + right);
  return `\nUsage:  ${PROGRAM} [OPTIONS]\n\nA Docker Engine in TypeScript.\n\nOptions:\n${lines.join('\n')}\n`;
};
