// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { HttpAnswer } from '../support/http-request.ts';
import { type Asker, ask } from './ask.ts';
import type { Fault } from './findings.ts';
import { awaitPort, askPort, type Resolved, resolveIn } from './names-and-ports.ts';
import type { Place } from './network-stage.ts';

export interface NetworkClientDeps extends Asker {
  readonly index: number;
  /** The host port that this client alone publishes. */
  readonly port: number;
  readonly places: readonly Place[];
  readonly signal: AbortSignal;
}

/** Milliseconds for a published port to lead to its container: a server starts, rules that were flushed come back. */
const PORT_PATIENCE = 20_000;

const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(Math.random() * from.length)];

const isSame = (one: Resolved, other: readonly string[]): boolean =>
  one !== 'silent' && one.join() === other.join();

/** One client, whose containers join and leave networks, publish a port, use volumes and know each other by name. */
export class NetworkClient {
  readonly #deps: NetworkClientDeps;
  #count = 0;
  #name = '';
  #standing: 'gone' | 'running' | 'other' = 'gone';
  /** Networks that the container is in, with its address there. */
  #joined: ReadonlyMap<string, string> = new Map();
  /** What is believed was answered by the daemon that lived after so many deaths; -1 when nothing is. */
  #deaths = -1;
  #volume = '';
  /** Networks that this client made, and nobody is known to have removed. */
  readonly #ownNetworks = new Set<string>();
  #story: string[] = [];

  constructor(deps: NetworkClientDeps) {
    this.#deps = deps;
  }

  /** Works until told to end. */
  async run(): Promise<void> {
    while (!this.#deps.signal.aborted) await this.#live();
  }

  /** Removes what is left. */
  async finish(): Promise<void> {
    await this.#leave();
  }

  async #live(): Promise<void> {
    await this.#create();
    for (let left = 1 + Math.random() * 5; left > 0 && !this.#deps.signal.aborted; left -= 1) {
      await sleep(Math.random() * 400);
      if (!(await this.#isKnown())) continue;
      if (this.#standing === 'gone') break;
      await (this.#standing === 'running' ? this.#step() : this.#start());
    }
    await this.#leave();
  }

  async #step(): Promise<void> {
    const deeds = [
      () => this.#join(),
      () => this.#join(),
      () => this.#part(),
      () => this.#restart(),
      () => this.#checkPort(),
      () => this.#checkAnchor(),
      () => this.#visitOwnNetwork(),
    ];
    await pick(deeds)?.();
  }

  /** Asks; undefined when the daemon died over it, or when the answer is none of `expected`, which is a fault. */
  async #do(
    method: string,
    path: string,
    expected: readonly number[],
    body?: object,
  ): Promise<HttpAnswer | undefined> {
    const { lives, findings } = this.#deps;
    let deaths = lives.deaths;
    const reply = await ask(this.#deps, { method, path, body, subject: this.#name }, () => {
      deaths = lives.deaths;
    });
    const what = `${method} ${path}`;
    this.#story.push(
      `${new Date().toISOString().slice(14, 23)} ${what} ${reply === 'lost' ? reply : reply.status}`,
    );
    if (reply === 'lost' || deaths !== lives.deaths || this.#isOutdated()) {
      this.#deaths = -1;
      return undefined;
    }
    if (expected.includes(reply.status)) return reply;
    this.#deaths = -1;
    findings.fault('wrong answer', `${what}: ${reply.status} ${reply.text.trim()} ${this.#tell()}`);
    return undefined;
  }

  #tell(): string {
    return `(${this.#name}: ${this.#story.slice(-10).join(', ')})`;
  }

  #isOutdated(): boolean {
    return this.#deaths !== this.#deps.lives.deaths;
  }

  /** Looks at the container when a death of the daemon, or a lost answer, has made everything uncertain. */
  async #isKnown(): Promise<boolean> {
    return this.#isOutdated() ? this.#learn() : true;
  }

  async #learn(): Promise<boolean> {
    const { lives } = this.#deps;
    this.#deaths = lives.deaths;
    const reply = await this.#do('GET', `/containers/${this.#name}/json`, [200, 404]);
    if (reply === undefined) return false;
    if (reply.status === 404) {
      this.#standing = 'gone';
      return true;
    }
    const { State, NetworkSettings } = reply.json as {
      readonly State: { readonly Running: boolean };
      readonly NetworkSettings: {
        readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>>;
      };
    };
    this.#standing = State.Running ? 'running' : 'other';
    this.#joined = new Map(
      Object.entries(NetworkSettings.Networks).map(([network, { IPAddress }]) => [network, IPAddress]),
    );
    return true;
  }

  async #create(): Promise<void> {
    const { index, places, port, findings, lives } = this.#deps;
    const home = pick(places)?.network ?? '';
    this.#count += 1;
    this.#name = `soak-${index}-${this.#count}`;
    this.#story = [];
    this.#deaths = lives.deaths;
    this.#joined = new Map();
    const mount = await this.#createVolume();
    const reply = await this.#do('POST', `/containers/create?name=${this.#name}`, [201], {
      Image: 'busybox',
      Cmd: ['sh', '-c', `echo ${this.#name} > /name; exec httpd -f -p 80 -h /`],
      ExposedPorts: { '80/tcp': {} },
      HostConfig: {
        NetworkMode: home,
        PortBindings: { '80/tcp': [{ HostPort: String(port) }] },
        Binds: [mount],
      },
      NetworkingConfig: { EndpointsConfig: { [home]: { Aliases: [`alias-${this.#name}`] } } },
    });
    if (reply === undefined) return;
    findings.created((reply.json as { readonly Id: string }).Id);
    this.#standing = 'other';
    await this.#start();
  }

  /** A volume by name, a file system in memory by name, or one without a name. */
  async #createVolume(): Promise<string> {
    this.#volume = this.#count % 3 === 0 ? '' : `vol-${this.#name.slice(5)}`;
    if (this.#volume === '') return '/data';
    const options = { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' };
    const body = { Name: this.#volume, ...(this.#count % 3 === 1 && { DriverOpts: options }) };
    await this.#do('POST', '/volumes/create', [201], body);
    return `${this.#volume}:/data`;
  }

  async #start(): Promise<void> {
    const reply = await this.#do('POST', `/containers/${this.#name}/start`, [204, 304]);
    if (reply === undefined || !(await this.#learn())) return;
    await this.#checkOwnName(pick([...this.#joined.keys()]));
    if (Math.random() < 0.5) await this.#checkPort();
  }

  async #restart(): Promise<void> {
    const reply = await this.#do('POST', `/containers/${this.#name}/restart?t=0`, [204]);
    if (reply === undefined || !(await this.#learn())) return;
    await this.#checkOwnName(pick([...this.#joined.keys()]));
    await this.#checkPort();
  }

  #place(network: string): Place | undefined {
    return this.#deps.places.find((place) => place.network === network);
  }

  async #join(): Promise<void> {
    const place = pick(this.#deps.places.filter(({ network }) => !this.#joined.has(network)));
    if (place === undefined) return;
    const body = { Container: this.#name, EndpointConfig: { Aliases: [`alias-${this.#name}`] } };
    const reply = await this.#do('POST', `/networks/${place.network}/connect`, [200], body);
    if (reply === undefined || !(await this.#learn())) return;
    await this.#checkOwnName(place.network);
    await this.#checkAnchor(place);
  }

  async #part(): Promise<void> {
    const network = pick([...this.#joined.keys()]);
    if (network === undefined || this.#joined.size < 2) return;
    const body = { Container: this.#name, Force: Math.random() < 0.2 };
    const reply = await this.#do('POST', `/networks/${network}/disconnect`, [200], body);
    if (reply === undefined || !(await this.#learn())) return;
    await this.#checkOwnName(network);
    const place = this.#place(network);
    if (place) await this.#expectName(this.#name, place.anchor, []);
    if (Math.random() < 0.5) await this.#checkPort();
  }

  /** A network that nobody else knows is made, joined, left and removed. */
  async #visitOwnNetwork(): Promise<void> {
    const network = `own-${this.#name.slice(5)}-${this.#story.length}`;
    this.#ownNetworks.add(network);
    const body = { Container: this.#name };
    if (!(await this.#do('POST', '/networks/create', [201], { Name: network }))) return;
    if (!(await this.#do('POST', `/networks/${network}/connect`, [200], body))) return;
    if (!(await this.#learn())) return;
    await this.#expectName(this.#name, this.#name, undefined);
    if (!(await this.#do('POST', `/networks/${network}/disconnect`, [200], body))) return;
    if (!(await this.#do('DELETE', `/networks/${network}`, [204]))) return;
    this.#ownNetworks.delete(network);
    await this.#learn();
  }

  async #fault(fault: Fault, detail: string, deaths: number): Promise<void> {
    if (deaths !== this.#deps.lives.deaths) return;
    // A death that is just being noticed explains it.
    await sleep(50);
    if (deaths === this.#deps.lives.deaths) this.#deps.findings.fault(fault, `${detail} ${this.#tell()}`);
  }

  /** `asked` must answer for `name` what `wanted` says; undefined: any address. */
  async #expectName(asked: string, name: string, wanted: readonly string[] | undefined): Promise<boolean> {
    const { deaths } = this.#deps.lives;
    if (this.#isOutdated()) return true;
    const found = await resolveIn(this.#deps, asked, name);
    this.#deps.findings.deed('names asked for');
    if (found === undefined || deaths !== this.#deps.lives.deaths) return true;
    if (wanted === undefined ? found.length > 0 && found !== 'silent' : isSame(found, wanted)) return true;
    await this.#fault('wrong name', `${name} in ${asked} is ${String(found)}, not ${String(wanted)}`, deaths);
    return false;
  }

  /** The anchor of a network knows this container by its alias as long as it is there. */
  async #checkOwnName(network: string | undefined): Promise<void> {
    const place = this.#place(network ?? '');
    if (place === undefined) return;
    const address = this.#standing === 'running' ? this.#joined.get(place.network) : undefined;
    const name = Math.random() < 0.5 ? this.#name : `alias-${this.#name}`;
    await this.#expectName(place.anchor, name, address === undefined ? [] : [address]);
  }

  /** This container knows the anchor of a network that it is in. */
  async #checkAnchor(place = pick(this.#deps.places)): Promise<void> {
    if (place === undefined || this.#isOutdated() || this.#standing !== 'running') return;
    const anchor = await this.#do('GET', `/containers/${place.anchor}/json`, [200]);
    if (anchor === undefined) return;
    // At boot it may not have been brought back yet.
    const { Running } = (anchor.json as { readonly State: { readonly Running: boolean } }).State;
    if (Running)
      await this.#expectName(
        this.#name,
        place.anchor,
        this.#joined.has(place.network) ? [place.anchorAddress] : [],
      );
  }

  async #checkPort(): Promise<void> {
    const { engine, port, lives, findings } = this.#deps;
    const leads = [...this.#joined.keys()].some((network) => this.#place(network)?.isInternal === false);
    if (!leads || this.#isOutdated() || this.#standing !== 'running') return;
    const { deaths } = lives;
    const said = await awaitPort(engine, port, PORT_PATIENCE);
    findings.deed('ports asked');
    if (said !== this.#name)
      await this.#fault('dead port', `${port} says ${String(said)}, not ${this.#name}`, deaths);
  }

  async #leave(): Promise<void> {
    if (this.#name === '') return;
    const home = pick([...this.#joined.keys()]);
    const reply = await this.#insist(`/containers/${this.#name}?force=1&v=1`);
    // What was asked for before, and not answered, may have been done.
    const isUnasked = this.#story.filter((line) => / DELETE .*force=1|lost$/.test(line)).length < 2;
    if (reply?.status === 404 && this.#standing !== 'gone' && isUnasked)
      this.#deps.findings.fault('lost', this.#tell());
    this.#standing = 'gone';
    this.#deps.findings.removed();
    await this.#checkOwnName(home);
    await this.#checkHeld();
    await this.#removeRest();
    this.#name = '';
  }

  /** Removes something, however often the daemon dies over it. */
  async #insist(path: string): Promise<HttpAnswer | undefined> {
    for (let tries = 0; tries < 20; tries += 1) {
      this.#deaths = this.#deps.lives.deaths;
      const reply = await this.#do('DELETE', path, [204, 404]);
      if (reply !== undefined) return reply;
      await sleep(200);
    }
    return undefined;
  }

  async #checkHeld(): Promise<void> {
    const { engine, port, lives } = this.#deps;
    const { deaths } = lives;
    const said = await askPort(engine, port);
    if (said !== undefined) await this.#fault('held port', `${port} says ${said}`, deaths);
  }

  async #removeRest(): Promise<void> {
    const rest = [
      ...(this.#volume === '' ? [] : [`/volumes/${this.#volume}`]),
      ...[...this.#ownNetworks].map((network) => `/networks/${network}`),
    ];
    for (const path of rest) await this.#insist(path);
    this.#volume = '';
    this.#ownNetworks.clear();
  }
}
