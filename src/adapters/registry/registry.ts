// SPDX-License-Identifier: Apache-2.0
import type { Digest } from '../../spec/digest.ts';
import type { Repository } from '../../spec/reference.ts';

/** Credentials for one registry; never logged. An identity token stands for the password, a registry token for the whole exchange. */
export interface RegistryCredentials {
  readonly username?: string;
  readonly password?: string;
  readonly identityToken?: string;
  readonly registryToken?: string;
}

/** One place that serves a repository. */
export interface RegistryEndpoint {
  /** `https://registry-1.docker.io`: scheme, host and perhaps a path, no slash at the end. */
  readonly url: string;
  /** A pull-through copy: it gets no credentials, and what it lacks is asked of the next endpoint. */
  readonly isMirror: boolean;
  /** False for an insecure registry spoken to by TLS. */
  readonly verifiesCertificate: boolean;
}

export interface RegistryAccess {
  readonly credentials?: RegistryCredentials;
  /** Further headers for each request to the registry. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** A manifest or index as the registry holds it. */
export interface RemoteManifest {
  /** The bytes that the digest is of. */
  readonly bytes: Uint8Array;
  readonly digest: Digest;
  /** The registry's `Content-Type`. */
  readonly mediaType: string;
}

/**
 * One repository at one endpoint. What the registry refuses is a `RegistryError`; what can't be reached or understood is
 * `internal`, in Go's words (`Get "https://host/v2/": dial tcp …`). Disposing closes its connections.
 */
export interface RegistrySession extends Disposable {
  readonly endpoint: RegistryEndpoint;
  /** `reference` is a tag or a digest. The bytes are checked against a digest. */
  manifest(reference: string, signal: AbortSignal): Promise<RemoteManifest>;
  /** The bytes of a blob from `offset` on, unchecked. */
  blob(digest: Digest, offset: number, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /** All tags, over as many pages as there are. */
  tags(signal: AbortSignal): Promise<readonly string[]>;
}

/** Which registries are spoken to in which way. */
export interface RegistrySettings {
  /** URLs of copies of docker.io, in the order in which they are tried. */
  readonly mirrors: readonly string[];
  /** CIDR blocks and `host[:port]` that may be spoken to over http or with any certificate, beside 127.0.0.0/8 and ::1. */
  readonly insecureRegistries: readonly string[];
}

/** The registries of the world, by the OCI distribution protocol. */
export interface Registries {
  /** Where `domain`'s repositories are pulled from, in the order in which to try. */
  endpoints(domain: string, settings: RegistrySettings): Promise<readonly RegistryEndpoint[]>;
  /** Finds out how the endpoint wants to be spoken to. @throws internal when it can't be reached */
  open(endpoint: RegistryEndpoint, repository: Repository, access: RegistryAccess): Promise<RegistrySession>;
}
