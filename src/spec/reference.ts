// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../base/errors.ts';
import { type Digest, parseDigest } from './digest.ts';

/** Where an image's repository is: `docker.io` and `library/busybox`. */
export interface Repository {
  readonly domain: string;
  readonly path: string;
}

/** A normalised image reference. With a digest, a tag beside it decides nothing. */
export interface Reference extends Repository {
  readonly tag?: string;
  readonly digest?: Digest;
}

const DEFAULT_DOMAIN = 'docker.io';
const OFFICIAL = 'library/';
/** The longest repository name, domain included. Source: images.md §1. */
const LONGEST_NAME = 255;

const invalid = (message: string): EngineError => new EngineError('invalid-argument', message);
const badFormat = (): EngineError => invalid('invalid reference format');

const LABEL = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = `(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(`^(${DOMAIN})/(${COMPONENT}(?:/${COMPONENT})*)(?::(${TAG}))?(?:@(${DIGEST}))?$`);
const WHOLE_TAG = new RegExp(`^${TAG}$`);
const IDENTIFIER = /^[a-f0-9]{64}$/;

/** True when the text before the first slash is a host and no part of a path. */
const isDomain = (text: string): boolean =>
  /[.:]/.test(text) || text === 'localhost' || text !== text.toLowerCase();

/** The domain and what follows it, with Docker's defaults put in. */
const splitDomain = (text: string): { readonly domain: string; readonly remainder: string } => {
  const slash = text.indexOf('/');
  const named = slash >= 0 && isDomain(text.slice(0, slash));
  const written = named ? text.slice(0, slash) : DEFAULT_DOMAIN;
  const domain = written === 'index.docker.io' ? DEFAULT_DOMAIN : written;
  const rest = named ? text.slice(slash + 1) : text;
  return { domain, remainder: domain === DEFAULT_DOMAIN && !rest.includes('/') ? OFFICIAL + rest : rest };
};

const checkCase = (remainder: string): void => {
  const colon = remainder.indexOf(':');
  const name = colon < 0 ? remainder : remainder.slice(0, colon);
  if (name !== name.toLowerCase())
    throw invalid(`invalid reference format: repository name (${name}) must be lowercase`);
};

const checkDigest = (text: string): Digest => {
  const digest = parseDigest(text);
  if (digest) return digest;
  const known = /^sha(256|384|512):/.test(text);
  throw invalid(known ? 'invalid checksum digest length' : 'unsupported digest algorithm');
};

/** Reads a reference as people write it and normalises it. @throws invalid-argument in Docker's words */
export const parseReference = (text: string): Reference => {
  if (IDENTIFIER.test(text))
    throw invalid(`invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  const { domain: wanted, remainder } = splitDomain(text);
  checkCase(remainder);
  const match = REFERENCE.exec(`${wanted}/${remainder}`);
  if (!match) throw badFormat();
  const [, domain = '', path = '', tag, digest] = match;
  if (domain.length + 1 + path.length > LONGEST_NAME)
    throw invalid(`repository name must not be more than ${LONGEST_NAME} characters`);
  return {
    domain,
    path,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest: checkDigest(digest) }),
  };
};

/** `reference` under another tag. @throws invalid-argument `invalid tag format` */
export const withTag = ({ domain, path }: Repository, tag: string): Reference => {
  if (!WHOLE_TAG.test(tag)) throw invalid('invalid tag format');
  return { domain, path, tag };
};

/** `latest` where neither tag nor digest was given; a digest makes the tag fall away. */
export const withDefaultTag = ({ domain, path, tag, digest }: Reference): Reference =>
  digest === undefined ? { domain, path, tag: tag ?? 'latest' } : { domain, path, digest };

/** The name as the CLI shows it: without `docker.io/` and `library/`. */
export const familiarName = ({ domain, path }: Repository): string => {
  if (domain !== DEFAULT_DOMAIN) return `${domain}/${path}`;
  const short = path.startsWith(OFFICIAL) ? path.slice(OFFICIAL.length) : path;
  // `library/a/b` would read as another repository when cut.
  return short.includes('/') ? path : short;
};

const suffix = ({ tag, digest }: Reference): string =>
  (tag === undefined ? '' : `:${tag}`) + (digest === undefined ? '' : `@${digest}`);

/** The whole reference as the CLI shows it: `busybox:latest`, `busybox@sha256:…`. */
export const familiarReference = (reference: Reference): string =>
  familiarName(reference) + suffix(reference);

/** The whole reference, nothing left out: `docker.io/library/busybox:latest`. */
export const fullReference = (reference: Reference): string =>
  `${reference.domain}/${reference.path}${suffix(reference)}`;

/** The repository, nothing left out: `docker.io/library/busybox`. */
export const fullName = ({ domain, path }: Repository): string => `${domain}/${path}`;
