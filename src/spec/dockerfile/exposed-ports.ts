// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';

const HIGHEST = 65535;
const PROTOCOLS = ['tcp', 'udp', 'sctp'];

const invalid = (text: string): EngineError => new EngineError('invalid-argument', text);

const parsePort = (text: string): number | undefined => {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : undefined;
  return number !== undefined && number <= HIGHEST ? number : undefined;
};

/** The ports that a word of EXPOSE means: `80`, `80/udp`, `8000-8010`, as `80/tcp`. @throws invalid-argument */
export const exposedPorts = (word: string): readonly string[] => {
  const [range = '', protocol = 'tcp'] = word.toLowerCase().split('/');
  const [from = '', to = from] = range.split('-');
  const [first, last] = [parsePort(from), parsePort(to)];
  if (first === undefined || last === undefined || last < first)
    throw invalid(`invalid containerPort: ${range}`);
  if (!PROTOCOLS.includes(protocol)) throw invalid(`invalid proto: ${protocol}`);
  return Array.from({ length: last - first + 1 }, (_, at) => `${first + at}/${protocol}`);
};
