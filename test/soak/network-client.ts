// SPDX-License-Identifier: Apache-2.0
import { setTimeout as sleep } from 'node:timers/promises';
import type { Asker } from './ask.ts';
import { awaitPort, askPort, type Resolved, resolveIn } from './names-and-ports.ts';
import { NetworkGuest } from './network-guest.ts';
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
  #guest: NetworkGuest;
  #volume = '';
  /** Networks that this client made, and nobody is known to have removed. */
  readonly #ownNetworks = new Set<string>();

  constructor(deps: NetworkClientDeps) {
    this.#deps = deps;
    this.#guest = new NetworkGuest(deps, '');
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
      if (!(await this.#guest.isKnown())) continue;
      if (this.#guest.standing === 'gone') break;
      await (this.#guest.standing === 'running' ? this.#step() : this.#start());
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

  async #create(): Promise<void> {
    const { index, places, port, findings } = this.#deps;
    const home = pick(places)?.network ?? '';
    this.#count += 1;
    this.#guest = new NetworkGuest(this.#deps, `soak-${index}-${this.#count}`);
    const mount = await this.#createVolume();
    const reply = await this.#guest.do('POST', `/containers/create?name=${this.#guest.name}`, [201], {
      Image: 'busybox',
      Cmd: ['sh', '-c', `echo ${this.#guest.name} > /name; exec httpd -f -p 80 -h /`],
      ExposedPorts: { '80/tcp': {} },
      HostConfig: {
        NetworkMode: home,
        PortBindings: { '80/tcp': [{ HostPort: String(port) }] },
        Binds: [mount],
      },
      NetworkingConfig: { EndpointsConfig: { [home]: { Aliases: [`alias-${this.#guest.name}`] } } },
    });
    if (reply === undefined) return;
    findings.created((reply.json as { readonly Id: string }).Id);
    this.#guest.standing = 'other';
    await this.#start();
  }

  /** A volume by name, a file system in memory by name, or one without a name. */
  async #createVolume(): Promise<string> {
    this.#volume = this.#count % 3 === 0 ? '' : `vol-${this.#guest.name.slice(5)}`;
    if (this.#volume === '') return '/data';
    const options = { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' };
    const body = { Name: this.#volume, ...(this.#count % 3 === 1 && { DriverOpts: options }) };
    await this.#guest.do('POST', '/volumes/create', [201], body);
    return `${this.#volume}:/data`;
  }

  async #start(): Promise<void> {
    const reply = await this.#guest.do('POST', `/containers/${this.#guest.name}/start`, [204, 304]);
    if (reply === undefined || !(await this.#guest.learn())) return;
    await this.#checkOwnName(pick([...this.#guest.joined.keys()]));
    if (Math.random() < 0.5) await this.#checkPort();
  }

  async #restart(): Promise<void> {
    const reply = await this.#guest.do('POST', `/containers/${this.#guest.name}/restart?t=0`, [204]);
    if (reply === undefined || !(await this.#guest.learn())) return;
    await this.#checkOwnName(pick([...this.#guest.joined.keys()]));
    await this.#checkPort();
  }

  #place(network: string): Place | undefined {
    return this.#deps.places.find((place) => place.network === network);
  }

  async #join(): Promise<void> {
    const place = pick(this.#deps.places.filter(({ network }) => !this.#guest.joined.has(network)));
    if (place === undefined) return;
    const body = { Container: this.#guest.name, EndpointConfig: { Aliases: [`alias-${this.#guest.name}`] } };
    const reply = await this.#guest.do('POST', `/networks/${place.network}/connect`, [200], body);
    if (reply === undefined || !(await this.#guest.learn())) return;
    await this.#checkOwnName(place.network);
    await this.#checkAnchor(place);
  }

  async #part(): Promise<void> {
    const network = pick([...this.#guest.joined.keys()]);
    if (network === undefined || this.#guest.joined.size < 2) return;
    const body = { Container: this.#guest.name, Force: Math.random() < 0.2 };
    const reply = await this.#guest.do('POST', `/networks/${network}/disconnect`, [200], body);
    if (reply === undefined || !(await this.#guest.learn())) return;
    await this.#checkOwnName(network);
    const place = this.#place(network);
    if (place) await this.#expectName(this.#guest.name, place.anchor, []);
    if (Math.random() < 0.5) await this.#checkPort();
  }

  /** A network that nobody else knows is made, joined, left and removed. */
  async #visitOwnNetwork(): Promise<void> {
    const network = `own-${this.#guest.name.slice(5)}-${this.#guest.age}`;
    this.#ownNetworks.add(network);
    const body = { Container: this.#guest.name };
    if (!(await this.#guest.do('POST', '/networks/create', [201], { Name: network }))) return;
    if (!(await this.#guest.do('POST', `/networks/${network}/connect`, [200], body))) return;
    if (!(await this.#guest.learn())) return;
    await this.#expectName(this.#guest.name, this.#guest.name, undefined);
    if (!(await this.#guest.do('POST', `/networks/${network}/disconnect`, [200], body))) return;
    if (!(await this.#guest.do('DELETE', `/networks/${network}`, [204]))) return;
    this.#ownNetworks.delete(network);
    await this.#guest.learn();
  }

  /** `asked` must answer for `name` what `wanted` says; undefined: any address. */
  async #expectName(asked: string, name: string, wanted: readonly string[] | undefined): Promise<boolean> {
    const { deaths } = this.#deps.lives;
    if (this.#guest.isOutdated()) return true;
    const found = await resolveIn(this.#deps, asked, name);
    this.#deps.findings.deed('names asked for');
    if (found === undefined || deaths !== this.#deps.lives.deaths) return true;
    if (wanted === undefined ? found.length > 0 && found !== 'silent' : isSame(found, wanted)) return true;
    await this.#guest.fault(
      'wrong name',
      `${name} in ${asked} is ${String(found)}, not ${String(wanted)}`,
      deaths,
    );
    return false;
  }

  /** The anchor of a network knows this container by its alias as long as it is there. */
  async #checkOwnName(network: string | undefined): Promise<void> {
    const place = this.#place(network ?? '');
    if (place === undefined) return;
    const address = this.#guest.standing === 'running' ? this.#guest.joined.get(place.network) : undefined;
    const name = Math.random() < 0.5 ? this.#guest.name : `alias-${this.#guest.name}`;
    await this.#expectName(place.anchor, name, address === undefined ? [] : [address]);
  }

  /** This container knows the anchor of a network that it is in. */
  async #checkAnchor(place = pick(this.#deps.places)): Promise<void> {
    if (place === undefined || this.#guest.isOutdated() || this.#guest.standing !== 'running') return;
    const anchor = await this.#guest.do('GET', `/containers/${place.anchor}/json`, [200]);
    if (anchor === undefined) return;
    // At boot it may not have been brought back yet.
    const { Running } = (anchor.json as { readonly State: { readonly Running: boolean } }).State;
    if (Running)
      await this.#expectName(
        this.#guest.name,
        place.anchor,
        this.#guest.joined.has(place.network) ? [place.anchorAddress] : [],
      );
  }

  async #checkPort(): Promise<void> {
    const { engine, port, lives, findings } = this.#deps;
    const leads = [...this.#guest.joined.keys()].some(
      (network) => this.#place(network)?.isInternal === false,
    );
    if (!leads || this.#guest.isOutdated() || this.#guest.standing !== 'running') return;
    const { deaths } = lives;
    const said = await awaitPort(engine, port, PORT_PATIENCE);
    findings.deed('ports asked');
    if (said !== this.#guest.name)
      await this.#guest.fault('dead port', `${port} says ${String(said)}, not ${this.#guest.name}`, deaths);
  }

  async #leave(): Promise<void> {
    if (this.#guest.name === '') return;
    const home = pick([...this.#guest.joined.keys()]);
    const reply = await this.#guest.insist(`/containers/${this.#guest.name}?force=1&v=1`);
    if (reply?.status === 404 && this.#guest.standing !== 'gone' && this.#guest.isUnasked)
      this.#deps.findings.fault('lost', this.#guest.tell());
    this.#guest.standing = 'gone';
    this.#deps.findings.removed();
    await this.#checkOwnName(home);
    await this.#checkHeld();
    await this.#removeRest();
    this.#guest = new NetworkGuest(this.#deps, '');
  }

  async #checkHeld(): Promise<void> {
    const { engine, port, lives } = this.#deps;
    const { deaths } = lives;
    const said = await askPort(engine, port);
    if (said !== undefined) await this.#guest.fault('held port', `${port} says ${said}`, deaths);
  }

  async #removeRest(): Promise<void> {
    const rest = [
      ...(this.#volume === '' ? [] : [`/volumes/${this.#volume}`]),
      ...[...this.#ownNetworks].map((network) => `/networks/${network}`),
    ];
    for (const path of rest) await this.#guest.insist(path);
    this.#volume = '';
    this.#ownNetworks.clear();
  }
}
