// SPDX-License-Identifier: Apache-2.0

/** The value below which a share of the samples lies (0.5: the median), between neighbours by line. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * share;
  const [low, high] = [sorted[Math.floor(position)] ?? NaN, sorted[Math.ceil(position)] ?? NaN];
  return low + (high - low) * (position - Math.floor(position));
}

/** A number with three digits that count. */
export function threeDigits(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en', { useGrouping: false });
  return value.toPrecision(3).replace(/\.?0+$/, '');
}
