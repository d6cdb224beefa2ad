// SPDX-License-Identifier: Apache-2.0
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Environment } from '../environment.ts';

/** Tells systemd about the daemon (sd_notify protocol), when it asked to be told. */
export class ServiceManager {
  readonly #socket: string;
  readonly #log: Log;

  constructor(env: Environment, log: Log) {
    this.#socket = env['NOTIFY_SOCKET'] ?? '';
    this.#log = log;
  }

  async ready(): Promise<void> {
    await this.#tell('READY=1');
  }

  async stopping(): Promise<void> {
    await this.#tell('STOPPING=1');
  }

  async #tell(state: string): Promise<void> {
    if (this.#socket === '') return;
    try {
      const { sendUnixDatagram } = await import('../../sys/unix-datagram.ts');
      sendUnixDatagram(this.#socket, state);
    } catch (error) {
      this.#log.warn('the service manager could not be told', { state, error: messageOf(error) });
    }
  }
}
