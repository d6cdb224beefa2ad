// SPDX-License-Identifier: Apache-2.0

/** What an image was built for, in the normal words of the OCI image spec (`amd64`, `arm64`; variant `v8` is dropped). */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
}
