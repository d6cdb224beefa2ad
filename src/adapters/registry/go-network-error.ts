// SPDX-License-Identifier: Apache-2.0
import { EngineError, messageOf } from '../../base/errors.ts';
import { dialText, innermostError } from '../../sys/dial-text.ts';
import { errnoOf } from '../../sys/errno.ts';

const NOT_TLS = 'http: server gave HTTP response to HTTPS client';

const reasonOf = (thrown: unknown, url: URL): string => {
  const error = innermostError(thrown);
  const code = errnoOf(error);
  // The connection stood.
  if (code === 'ECONNRESET') return 'EOF';
  if (code === 'EPIPE') return messageOf(error);
  return dialText(error, { network: 'tcp', host: url.hostname, notTls: NOT_TLS });
};

/** An error of the network as Go's HTTP client tells it, since clients and people know those texts. */
export const networkError = (method: string, url: URL, thrown: unknown): EngineError => {
  const verb = method.charAt(0) + method.slice(1).toLowerCase();
  return new EngineError('internal', `${verb} "${url.href}": ${reasonOf(thrown, url)}`, { cause: thrown });
};
