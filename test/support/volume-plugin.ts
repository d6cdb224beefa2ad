// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { dirname, join } from 'node:path';

/** How a plugin misbehaves, by method: what it refuses with, or that it never answers. */
type Trouble = { readonly refuse: string } | { readonly status: number; readonly text: string } | 'hang';

interface Request {
  readonly Name?: string;
  readonly ID?: string;
  readonly Opts?: Readonly<Record<string, string>> | null;
}

/** A volume plugin of the first protocol whose volumes are directories. */
export class VolumePlugin implements AsyncDisposable {
  /** `Mount {"Name":…}`: what it was asked, in turn. */
  readonly calls: string[] = [];
  readonly trouble = new Map<string, Trouble>();
  readonly volumes = new Map<string, Readonly<Record<string, string>>>();
  /** Who has a volume mounted, as `volume id`. */
  readonly mounts = new Set<string>();
  readonly #directory: string;
  readonly #scope: string;
  #server: Server | undefined;
  #socket = '';

  /** Volumes lie below `directory`. */
  constructor(directory: string, scope = 'local') {
    this.#directory = directory;
    this.#scope = scope;
  }

  async listen(socket: string): Promise<void> {
    mkdirSync(dirname(socket), { recursive: true });
    this.#socket = socket;
    const server = createServer(this.handler);
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socket, resolve);
    });
  }

  pathOf(name: string): string {
    return join(this.#directory, encodeURIComponent(name));
  }

  /** Asked by an engine. */
  readonly handler: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const method = (request.url ?? '').replace(/^\/(VolumeDriver|Plugin)\./, '');
      const body = (text === '' ? {} : (JSON.parse(text) ?? {})) as Request;
      const { Name, ID } = body;
      this.calls.push([method, Name, ID].filter((word) => word !== undefined).join(' '));
      const trouble = this.trouble.get(method);
      if (trouble === 'hang') return;
      if (trouble !== undefined && 'status' in trouble) {
        response.writeHead(trouble.status).end(trouble.text);
        return;
      }
      const answer = trouble === undefined ? this.#answer(method, body) : { Err: trouble.refuse };
      response.end(JSON.stringify(answer));
    });
  };

  #describe(name: string): object {
    return { Name: name, Mountpoint: this.pathOf(name), Status: { kind: 'test' } };
  }

  #answer(method: string, { Name: name = '', ID: id = '', Opts: options }: Request): object {
    if (method === 'Activate') return { Implements: ['VolumeDriver'] };
    if (method === 'Capabilities') return { Capabilities: { Scope: this.#scope } };
    if (method === 'List') return { Volumes: [...this.volumes.keys()].map((each) => this.#describe(each)) };
    if (method === 'Create') {
      this.volumes.set(name, options ?? {});
      mkdirSync(this.pathOf(name), { recursive: true });
      return {};
    }
    if (!this.volumes.has(name)) return { Err: `no volume ${name} here` };
    if (method === 'Get') return { Volume: this.#describe(name) };
    if (method === 'Mount') this.mounts.add(`${name} ${id}`);
    if (method === 'Unmount') this.mounts.delete(`${name} ${id}`);
    if (method === 'Remove') this.volumes.delete(name);
    return { Mountpoint: this.pathOf(name) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.closeAllConnections();
    if (server) await new Promise((resolve) => server.close(resolve));
    if (this.#socket !== '') rmSync(this.#socket, { force: true });
  }
}
