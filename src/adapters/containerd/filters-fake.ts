// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';

/** A value's fields as containerd's filters name them: `name`, `labels` … */
export type Fields = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

const CONDITION =
  /^(?<field>\w+)(?:\.(?<key>"(?:[^"\\]|\\.)*"|[^=~!,]+))?(?:(?<operator>==|!=|~=)(?<value>.*))?$/;

const unquote = (text: string): string => (text.startsWith('"') ? (JSON.parse(text) as string) : text);

const holds = (condition: string, fields: Fields): boolean => {
  const parts = CONDITION.exec(condition)?.groups;
  if (parts === undefined) throw new EngineError('invalid-argument', `filters: parse error: [${condition}]`);
  const field = fields[parts['field'] ?? ''];
  const found = typeof field === 'object' ? field[unquote(parts['key'] ?? '')] : field;
  const value = unquote(parts['value'] ?? '');
  if (parts['operator'] === '==') return found === value;
  if (parts['operator'] === '!=') return found !== value;
  if (parts['operator'] === '~=') return new RegExp(value).test(found ?? '');
  return found !== undefined;
};

/** containerd's filter language without commas inside values: conditions joined by commas, filters by "or". */
export const matches = (filters: readonly string[], fields: Fields): boolean =>
  filters.length === 0 ||
  filters.some((filter) => filter.split(',').every((condition) => holds(condition, fields)));
