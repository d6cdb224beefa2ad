// SPDX-License-Identifier: Apache-2.0

/** A subnet of a network on a parent link, as it is kept: addresses as texts. */
export interface StoredSubnet {
  readonly subnet: string;
  /** Part of it that containers get addresses from; absent: all of it. */
  readonly range?: string;
  /** A router outside of the engine; absent: none. */
  readonly gateway?: string;
  /** Never given to a container. */
  readonly reserved: readonly string[];
  /** The client chose it: containers may ask for addresses of it. */
  readonly given: boolean;
}

/** What was chosen for a macvlan or ipvlan network, as it is kept: plain JSON. */
export interface StoredOnParent {
  /** Name of the host's link that the containers' links are made on. */
  readonly parent: string;
  /** The engine made the parent, and takes it away with the last network on it. */
  readonly ownsParent: boolean;
  readonly mode: string;
  /** Of ipvlan alone. */
  readonly flag?: string;
  /** Bytes; 0: the parent's. */
  readonly mtu: number;
  /** Nothing leaves it: it was asked to be so, or has no parent of its own. */
  readonly isInternal: boolean;
  readonly subnets: readonly StoredSubnet[];
}
