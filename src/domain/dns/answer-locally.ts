// SPDX-License-Identifier: Apache-2.0
import {
  CLASS_INTERNET,
  type DnsData,
  type DnsQuestion,
  type DnsRecord,
  TYPE,
} from '../../spec/dns/message.ts';
import { reversedIp } from '../../spec/dns/reverse.ts';
import type { NamedSandbox } from '../networks/index.ts';
import { type Names, nameOfAddress, resolveName } from './resolve-name.ts';

/** Seconds that an answer may be kept: Docker's own. */
const TIME_TO_LIVE = 600;

const record = (question: DnsQuestion, data: DnsData): DnsRecord => ({
  name: question.name,
  type: question.type,
  class: CLASS_INTERNET,
  ttl: TIME_TO_LIVE,
  data,
});

/** Fisher and Yates: the first address of many is the one that clients take. `random` gives less than its argument. */
const shuffled = <Item>(items: readonly Item[], random: (below: number) => number): readonly Item[] => {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = random(last + 1);
    [mixed[last], mixed[other]] = [mixed[other] as Item, mixed[last] as Item];
  }
  return mixed;
};

/** What an asker is and what it may see. */
export interface Asker {
  readonly sandbox: Pick<NamedSandbox, 'endpoints' | 'holdsSingleLabels'>;
  readonly names: Names;
  /** An integer of at least 0 and less than `below`. */
  readonly random: (below: number) => number;
}

const addressRecords = (asker: Asker, question: DnsQuestion): readonly DnsRecord[] | undefined => {
  const { sandbox, names, random } = asker;
  const addresses = resolveName(names, sandbox.endpoints, question.name, question.type === TYPE.a ? 4 : 6);
  if (addresses)
    return shuffled(addresses, random).map((address) => record(question, { kind: 'address', address }));
  const single = question.name !== '' && !question.name.includes('.');
  return single && sandbox.holdsSingleLabels ? [] : undefined;
};

const pointerRecords = (asker: Asker, question: DnsQuestion): readonly DnsRecord[] | undefined => {
  const ip = reversedIp(question.name);
  const name = ip && nameOfAddress(asker.names, asker.sandbox.endpoints, ip);
  return name === undefined ? undefined : [record(question, { kind: 'name', name })];
};

/**
 * The answer that the engine gives of itself, which may be that there are no such records; `undefined` for what others
 * are to be asked. As Docker has it, they are asked for TXT, SRV and the rest even of a container's name.
 */
export const answerLocally = (asker: Asker, question: DnsQuestion): readonly DnsRecord[] | undefined => {
  if (question.class !== CLASS_INTERNET) return undefined;
  switch (question.type) {
    case TYPE.a:
    case TYPE.aaaa:
      return addressRecords(asker, question);
    case TYPE.ptr:
      return pointerRecords(asker, question);
    case TYPE.mx:
      return resolveName(asker.names, asker.sandbox.endpoints, question.name, 4) && [];
    default:
      return undefined;
  }
};
