// SPDX-License-Identifier: Apache-2.0

/** Replies that are kept, and octets of one and of its query: what a container asks over and over, 200 KiB at most. */
const MOST_KEPT = 128;
const LONGEST_QUERY = 320;
const LONGEST_REPLY = 1232;

/** A reply that the engine made by itself. */
export interface MadeReply {
  readonly bytes: Buffer;
  /** Its answers, in octets, all of one length and without pointers into each other: they may change places. */
  readonly answers?: { readonly start: number; readonly length: number; readonly count: number };
}

/** Exchanges the `length` octets at `one` and at `other`. */
const exchange = (bytes: Buffer, one: number, other: number, length: number): void => {
  for (let index = 0; index < length; index += 1) {
    const octet = bytes[one + index] ?? 0;
    bytes[one + index] = bytes[other + index] ?? 0;
    bytes[other + index] = octet;
  }
};

/** Fisher and Yates: the first address of many is the one that clients take. */
const shuffle = ({ bytes, answers }: MadeReply, random: (below: number) => number): void => {
  if (!answers) return;
  const { start, length, count } = answers;
  for (let last = count - 1; last > 0; last -= 1) {
    const other = random(last + 1);
    if (other !== last) exchange(bytes, start + last * length, start + other * length, length);
  }
};

/**
 * Replies to queries that were answered before, by the octets behind their number: as long as `version` is the same,
 * the same question has the same answers.
 */
export class KnownReplies {
  readonly #byQuery = new Map<string, MadeReply>();
  #version = -1;

  /** The reply to `query`, under its number, in an order that chance makes; it is good until the next call. */
  find(query: Buffer, version: number, random: (below: number) => number): Buffer | undefined {
    if (version !== this.#version || query.length > LONGEST_QUERY) return undefined;
    const known = this.#byQuery.get(query.toString('latin1', 2));
    if (!known) return undefined;
    shuffle(known, random);
    known.bytes[0] = query[0] ?? 0;
    known.bytes[1] = query[1] ?? 0;
    return known.bytes;
  }

  /** Keeps a copy of the reply to `query`. */
  keep(query: Buffer, version: number, reply: MadeReply): void {
    if (query.length > LONGEST_QUERY || reply.bytes.length > LONGEST_REPLY) return;
    if (version !== this.#version || this.#byQuery.size >= MOST_KEPT) this.#byQuery.clear();
    this.#version = version;
    // Memory of its own: a small buffer of Node's is a part of a large one, which would live as long.
    const bytes = Buffer.alloc(reply.bytes.length);
    reply.bytes.copy(bytes);
    this.#byQuery.set(query.toString('latin1', 2), { ...reply, bytes });
  }

  clear(): void {
    this.#byQuery.clear();
  }
}
