// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { parseInt64 } from '../../../spec/integers.ts';
import type { LogOptions } from '../driver.ts';
import { parseFlag } from '../options.ts';
import { type GoUrl, parseGoUrl } from '../remote/go-url.ts';

/** The options of `splunk`, read. `format` is checked last, when the service has been asked. */
export interface SplunkOptions {
  readonly url: URL;
  readonly token: string;
  readonly skipVerify: boolean;
  readonly authoritiesPath: string | undefined;
  readonly serverName: string | undefined;
  /** Of zlib, -1 to 9; `undefined` for no compression. */
  readonly gzipLevel: number | undefined;
  readonly indexAcknowledgment: boolean;
  readonly verifyConnection: boolean;
  readonly format: string;
}

/** Where the HTTP Event Collector takes events. Source: docs.splunk.com, "HTTP Event Collector REST API endpoints". */
const COLLECTOR = '/services/collector/event/1.0';

const refuse = (text: string): EngineError => new EngineError('invalid-argument', text);

const divide = (text: string): GoUrl => {
  try {
    return parseGoUrl(text);
  } catch (cause) {
    throw new EngineError('invalid-argument', `splunk: failed to parse ${text} as url value in splunk-url`, {
      cause,
    });
  }
};

const urlOf = (options: LogOptions): URL => {
  const text = options['splunk-url'];
  if (text === undefined) throw refuse('splunk: splunk-url is expected');
  const { scheme, host, path, query, fragment } = divide(text);
  const isPlain = (path === '' || path === '/') && query === '' && fragment === '';
  const url = `${scheme}://${host}${COLLECTOR}`;
  if ((scheme !== 'http' && scheme !== 'https') || !isPlain || !URL.canParse(url))
    throw refuse('splunk: expected format scheme://dns_name_or_ip:port for splunk-url');
  return new URL(url);
};

const levelOf = (text: string): number => {
  const level = Number(parseInt64(text));
  if (level >= -1 && level <= 9) return level;
  throw refuse(`not supported level '${text}' for splunk-gzip-level (supported values between -1 and 9)`);
};

/** Reads the options of `splunk`. @throws invalid-argument, internal in dockerd's words */
export const parseSplunkOptions = (options: LogOptions): SplunkOptions => {
  const url = urlOf(options);
  const token = options['splunk-token'];
  if (token === undefined) throw refuse('splunk: splunk-token is expected');
  const flag = (name: string, fallback: boolean): boolean =>
    options[name] === undefined ? fallback : parseFlag(options[name]);
  const skipVerify = flag('splunk-insecureskipverify', false);
  const gzip = flag('splunk-gzip', false);
  const level = options['splunk-gzip-level'] === undefined ? -1 : levelOf(options['splunk-gzip-level']);
  return {
    url,
    token,
    skipVerify,
    authoritiesPath: options['splunk-capath'],
    serverName: options['splunk-caname'],
    gzipLevel: gzip ? level : undefined,
    indexAcknowledgment: flag('splunk-index-acknowledgment', false),
    verifyConnection: flag('splunk-verify-connection', true),
    format: options['splunk-format'] ?? 'inline',
  };
};
