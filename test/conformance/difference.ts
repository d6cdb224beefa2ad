// SPDX-License-Identifier: Apache-2.0
import type { Json } from './mask.ts';

/** One place where two values differ: its path and both sides as JSON text (`absent` where there is none). */
export interface Difference {
  readonly path: string;
  readonly expected: string;
  readonly actual: string;
}

function show(value: Json | undefined): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}

function isRecord(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** All places in which two JSON values differ; the order of an object's keys does not count. */
export function findDifferences(
  expected: Json | undefined,
  actual: Json | undefined,
  path = '$',
): Difference[] {
  if (Array.isArray(expected) && Array.isArray(actual)) {
    const length = Math.max(expected.length, actual.length);
    return Array.from({ length }, (_, index) => index).flatMap((index) =>
      findDifferences(expected[index] as Json, actual[index] as Json, `${path}[${index}]`),
    );
  }
  if (isRecord(expected) && isRecord(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    return [...keys].flatMap((key) => findDifferences(expected[key], actual[key], `${path}.${key}`));
  }
  if (Object.is(expected, actual)) return [];
  return [{ path, expected: show(expected), actual: show(actual) }];
}

/** The differences as lines to read: what dockerd (or the spec) says, what Berth says. */
export function describeDifferences(differences: readonly Difference[], source: string): string {
  return differences
    .map(({ path, expected, actual }) => `${path}\n    ${source}: ${expected}\n    Berth: ${actual}`)
    .join('\n  ');
}
