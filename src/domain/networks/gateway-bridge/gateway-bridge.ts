// SPDX-License-Identifier: Apache-2.0
import { EngineError, kindOf, messageOf } from '../../../base/errors.ts';
import type { NetworkId } from '../../../base/ids.ts';
import type { ActiveNetwork } from '../driver.ts';
import type { NetworkCreateRequest } from '../networks.ts';
import { GATEWAY_BRIDGE } from './name.ts';

export interface GatewayBridgeDeps {
  readonly networks: ReadonlyMap<NetworkId, ActiveNetwork>;
  /** Makes a network that no client has asked for. */
  readonly make: (request: NetworkCreateRequest) => Promise<unknown>;
}

const BRIDGE = 'com.docker.network.bridge';

/** As dockerd makes it: its containers are those of different networks, and do not reach each other here. */
const REQUEST: NetworkCreateRequest = {
  name: GATEWAY_BRIDGE,
  driver: 'bridge',
  scope: '',
  internal: false,
  attachable: false,
  ingress: false,
  configOnly: false,
  configFrom: '',
  ipv4: true,
  ipv6: false,
  ipam: { driver: '', pools: [] },
  options: {
    [`${BRIDGE}.enable_icc`]: 'false',
    [`${BRIDGE}.enable_ip_masquerade`]: 'true',
    [`${BRIDGE}.name`]: GATEWAY_BRIDGE,
  },
  labels: {},
};

/** The network `docker_gwbridge`: whoever has made it, the engine when it is needed first or a user before that. */
export class GatewayBridge {
  readonly #deps: GatewayBridgeDeps;
  #making: Promise<void> | undefined;

  constructor(deps: GatewayBridgeDeps) {
    this.#deps = deps;
  }

  /** @throws as `Networks.create`: `error creating external connectivity network: …` */
  async network(): Promise<ActiveNetwork> {
    for (;;) {
      const known = this.#find();
      if (known) return known;
      this.#making ??= this.#make();
      await this.#making;
    }
  }

  #find(): ActiveNetwork | undefined {
    return [...this.#deps.networks.values()].find(({ network }) => network.name === GATEWAY_BRIDGE);
  }

  async #make(): Promise<void> {
    try {
      await this.#deps.make(REQUEST);
    } catch (error) {
      const text = `error creating external connectivity network: ${messageOf(error)}`;
      throw new EngineError(kindOf(error), text, { cause: error });
    } finally {
      this.#making = undefined;
    }
  }
}
