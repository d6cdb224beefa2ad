// SPDX-License-Identifier: Apache-2.0
import type { ContainerId } from '../../base/ids.ts';
import type { Timestamp } from '../../base/time.ts';

export interface Volume {
  readonly name: string;
  readonly driver: string;
  readonly mountpoint: string;
  readonly created: Timestamp;
  readonly labels?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, string>>;
  readonly anonymous: boolean;
  /**
   * The container that an anonymous volume was made for and goes with. One whose container is not there was left by a
   * crash, in the middle of its creation or of the removal of both.
   */
  readonly createdFor?: ContainerId;
}

export interface VolumeRequest {
  readonly name?: string;
  readonly driver?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly createdFor?: ContainerId;
}

/** Named and anonymous volumes of the `local` driver without options; the rest comes with the volume issue. */
export interface Volumes {
  list(): readonly Volume[];
  /** @throws not-found `get x: no such volume` */
  get(name: string): Volume;
  /** An existing volume of the same driver is given back. An absent name makes an anonymous one. */
  create(request: VolumeRequest): Promise<Volume>;
  /** @throws conflict while held; not-found unless `force` */
  delete(name: string, options: { readonly force: boolean }): Promise<void>;
  /** From now on the volume stays when the container goes that it was made for. */
  keep(name: string): Promise<void>;
  hold(name: string, container: ContainerId): Disposable;
  holders(name: string): readonly ContainerId[];
}
