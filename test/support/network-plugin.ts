// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { dirname } from 'node:path';
import { AddressBook } from './address-book.ts';

/** How a plugin misbehaves, by method: what it refuses with, or that it never answers. */
export type Trouble =
  | { readonly refuse: string }
  | { readonly status: number; readonly text: string }
  | 'hang';

/** What an engine asked, in turn. */
export interface PluginCall {
  readonly method: string;
  readonly body: Body;
}

/** Where the plugin's links are made: the host of the engine. */
export interface PluginHost {
  /** The argv that runs a command there. */
  enter(argv: readonly string[]): readonly string[];
}

type Body = Readonly<Record<string, unknown>>;
type Answer = Readonly<Record<string, unknown>>;

const text = (body: Body, key: string): string => {
  const value = body[key];
  return typeof value === 'string' ? value : '';
};

const firstGateway = (body: Body): string => {
  const [first] = (body['IPv4Data'] ?? []) as readonly Body[];
  return first === undefined ? '' : text(first, 'Gateway');
};

/** Seven digits of an id: with two letters before them an interface's name. */
const short = (id: string): string => id.slice(0, 7);

/**
 * A plugin of the first protocol for networks and addresses: a bridge for each network, and a veth to it for each endpoint,
 * made by `ip` as others make theirs.
 */
export class NetworkPlugin implements AsyncDisposable {
  readonly calls: PluginCall[] = [];
  /** By the method's whole name. */
  readonly trouble = new Map<string, Trouble>();
  /** What is answered in the place of the plugin's own answer, by the method's whole name. */
  readonly answers = new Map<string, Answer>();
  /** What is added to the plugin's own answer, by the method's whole name. */
  readonly extras = new Map<string, Answer>();
  /** Methods that are answered and not told of, by their whole names. */
  readonly silent = new Set<string>();
  implements: readonly string[] = ['NetworkDriver', 'IpamDriver'];
  /** Gateways by networks, endpoints by ids: what it has now. */
  readonly networks = new Map<string, string>();
  readonly endpoints = new Set<string>();
  readonly addresses = new AddressBook();
  readonly #patience = new Map<string, number>();
  readonly #host: PluginHost;
  #server: Server | undefined;
  #socket = '';

  constructor(host: PluginHost) {
    this.#host = host;
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

  /** What it was asked since the last time that somebody looked. */
  takeCalls(): readonly PluginCall[] {
    return this.calls.splice(0);
  }

  /** The plugin does `method` so many times more, and refuses it from then on. */
  refuseAfter(method: string, times: number): void {
    this.#patience.set(method, times);
  }

  /** Takes away the bridges of all networks that an engine does not know any more. */
  removeBridges(): void {
    for (const id of this.networks.keys()) this.#ip('link', 'delete', `bp${short(id)}`);
    this.networks.clear();
  }

  /** Ends the connections of calls that it never answers. */
  hangUp(): void {
    this.#server?.closeAllConnections();
  }

  /** Asked by an engine. */
  readonly handler: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const payload = Buffer.concat(chunks).toString();
      const method = (request.url ?? '').slice(1);
      const body = (payload === '' ? {} : (JSON.parse(payload) ?? {})) as Body;
      if (!this.silent.has(method)) this.calls.push({ method, body });
      const trouble = this.#troubleOf(method);
      if (trouble === 'hang') return;
      if (trouble !== undefined && 'status' in trouble) {
        response.writeHead(trouble.status).end(trouble.text);
        return;
      }
      const key = method.startsWith('IpamDriver.') ? 'Error' : 'Err';
      const answer = trouble === undefined ? this.#answer(method, body) : { [key]: trouble.refuse };
      response.end(JSON.stringify(answer));
    });
  };

  #troubleOf(method: string): Trouble | undefined {
    const left = this.#patience.get(method);
    if (left === undefined) return this.trouble.get(method);
    this.#patience.set(method, left - 1);
    return left > 0 ? undefined : { refuse: 'enough' };
  }

  /** It is patient again. */
  calmDown(): void {
    this.#patience.clear();
    for (const each of [this.trouble, this.answers, this.extras]) each.clear();
  }

  #answer(method: string, body: Body): Answer {
    const preset = this.answers.get(method);
    const [group, verb = ''] = method.split('.');
    if (preset) return preset;
    if (method === 'Plugin.Activate') return { Implements: this.implements };
    if (group === 'IpamDriver') return this.addresses.answer(verb, body);
    const work = this.#verbs[verb];
    return { ...work?.(body), ...this.extras.get(method) };
  }

  readonly #verbs: Readonly<Record<string, (body: Body) => Answer>> = {
    GetCapabilities: () => ({ Scope: 'local', ConnectivityScope: 'local' }),
    CreateNetwork: (body) => {
      const id = text(body, 'NetworkID');
      const gateway = firstGateway(body);
      this.networks.set(id, gateway);
      this.#ip('link', 'add', `bp${short(id)}`, 'type', 'bridge');
      if (gateway !== '') this.#ip('address', 'add', gateway, 'dev', `bp${short(id)}`);
      this.#ip('link', 'set', `bp${short(id)}`, 'up');
      return {};
    },
    DeleteNetwork: (body) => {
      this.networks.delete(text(body, 'NetworkID'));
      this.#ip('link', 'delete', `bp${short(text(body, 'NetworkID'))}`);
      return {};
    },
    CreateEndpoint: (body) => {
      const id = text(body, 'EndpointID');
      this.endpoints.add(id);
      const asked = text((body['Interface'] ?? {}) as Body, 'MacAddress');
      const macAddress = `02:be:27:${id.slice(0, 6).replace(/(..)(?=.)/g, '$1:')}`;
      return asked === '' ? { Interface: { MacAddress: macAddress } } : {};
    },
    DeleteEndpoint: (body) => {
      this.endpoints.delete(text(body, 'EndpointID'));
      this.#ip('link', 'delete', `vp${short(text(body, 'EndpointID'))}`);
      return {};
    },
    EndpointOperInfo: () => ({ Value: {} }),
    Join: (body) => {
      const [network, endpoint] = [text(body, 'NetworkID'), text(body, 'EndpointID')];
      const [ours, theirs] = [`vp${short(endpoint)}`, `vc${short(endpoint)}`];
      this.#ip('link', 'add', ours, 'type', 'veth', 'peer', 'name', theirs);
      this.#ip('link', 'set', ours, 'master', `bp${short(network)}`, 'up');
      const [gateway = ''] = (this.networks.get(network) ?? '').split('/');
      return { InterfaceName: { SrcName: theirs, DstPrefix: 'eth' }, Gateway: gateway };
    },
  };

  #ip(...args: readonly string[]): void {
    const [command = '', ...rest] = this.#host.enter(['ip', ...args]);
    spawnSync(command, rest);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    server?.closeAllConnections();
    if (server) await new Promise((resolve) => server.close(resolve));
    if (this.#socket !== '') rmSync(this.#socket, { force: true });
  }
}
