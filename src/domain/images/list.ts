// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import { now, parseRfc3339, type Timestamp, ZERO_TIME } from '../../base/time.ts';
import { booleanFilter, matchLabels, refuseUnknownFilters } from '../../spec/filters.ts';
import { parseGoDuration } from '../../spec/go-duration.ts';
import { compilePathPattern } from '../../spec/path-match.ts';
import { parseReference, fullReference } from '../../spec/reference.ts';
import type { Image } from './image.ts';
import type { ImageIndex } from './image-index.ts';
import type { ImageListQuery } from './images.ts';
import { resolveImage } from './resolve.ts';

const KNOWN = ['dangling', 'label', 'before', 'since', 'until', 'reference'];

const createdOf = ({ created }: Image): Timestamp => created ?? ZERO_TIME;

/** A moment: a duration back from now, seconds since 1970 or a date. @throws internal in Docker's words */
export const parseUntil = (text: string): Timestamp => {
  const span = parseGoDuration(text);
  if (span !== undefined) return (now() - span) as Timestamp;
  if (/^\d+(\.\d{1,9})?$/.test(text)) {
    const [whole = '0', fraction = ''] = text.split('.');
    return (BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'))) as Timestamp;
  }
  // A date may be cut short, and then it is UTC.
  const moment = parseRfc3339(text) ?? parseRfc3339(completeDate(text));
  if (moment !== undefined) return moment;
  throw new EngineError('internal', `failed to parse value as time or duration: "${text}"`);
};

const completeDate = (text: string): string => {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return `${text}T00:00:00Z`;
  if (/T\d{2}$/.test(text)) return `${text}:00:00Z`;
  return /T\d{2}:\d{2}$/.test(text) ? `${text}:00Z` : `${text}Z`;
};

const single = (filters: ImageListQuery['filters'], key: string): string | undefined => {
  const values = filters[key] ?? [];
  if (values.length > 1)
    throw new EngineError('invalid-argument', `invalid filter '${key}=[${values.join(' ')}]'`);
  return values[0];
};

/** Leaves an image the names of it that fit a pattern, in one of the forms people know them by. */
const narrowNames = (patterns: readonly string[]): ((image: Image) => Image) => {
  const tests = patterns.map(compilePathPattern);
  const fits = (familiar: string): boolean => {
    const name = familiar.replace(/(@.*|:[^:/]*)$/, '');
    const full = fullReference(parseReference(familiar));
    return tests.some((test) => test(familiar) || test(name) || test(full));
  };
  return (image) => ({
    ...image,
    repoTags: image.repoTags.filter(fits),
    repoDigests: image.repoDigests.filter(fits),
  });
};

type Test = (image: Image) => boolean;

const timeTests = (index: ImageIndex, filters: ImageListQuery['filters']): Test[] => {
  const tests: Test[] = [];
  for (const before of filters.before ?? []) {
    const limit = createdOf(resolveImage(index, before));
    tests.push((image) => createdOf(image) < limit);
  }
  for (const since of filters.since ?? []) {
    const limit = createdOf(resolveImage(index, since));
    tests.push((image) => createdOf(image) > limit);
  }
  const until = single(filters, 'until');
  if (until !== undefined) {
    const limit = parseUntil(until);
    tests.push((image) => createdOf(image) < limit);
  }
  return tests;
};

const hasName = ({ repoTags, repoDigests }: Image): boolean => repoTags.length + repoDigests.length > 0;

/** True for an image without tag that no other was made from. */
const isDangling = (index: ImageIndex, { id, repoTags }: Image): boolean =>
  repoTags.length === 0 && index.children(id).length === 0;

/** Newest first. @throws invalid-argument, not-found or internal in Docker's words for filters that make no sense */
export const listImages = (index: ImageIndex, { all, filters }: ImageListQuery): readonly Image[] => {
  refuseUnknownFilters(filters, KNOWN);
  const dangling = booleanFilter(filters, 'dangling');
  const tests = timeTests(index, filters);
  tests.push(({ config }) => matchLabels(filters.label, config.labels));
  if (dangling !== undefined) tests.push((image) => isDangling(index, image) === dangling);
  // What others were made from and nobody named is of no interest.
  if (!all) tests.push((image) => hasName(image) || index.children(image.id).length === 0);
  const images = [...index.stored()].map(({ id }) => index.describe(id) as Image);
  const found = images.filter((image) => tests.every((test) => test(image)));
  const named = filters.reference?.length ? found.map(narrowNames(filters.reference)).filter(hasName) : found;
  return named.toSorted((one, other) => {
    const [first, second] = [createdOf(one), createdOf(other)];
    return first === second ? (one.id < other.id ? -1 : 1) : first > second ? -1 : 1;
  });
};
