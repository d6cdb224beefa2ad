// SPDX-License-Identifier: Apache-2.0
import { setImmediate as turn } from 'node:timers/promises';
import { EngineError } from '../../base/errors.ts';
import { sysFailure } from '../../sys/errno.ts';
import { closeSocket } from '../../sys/socket.ts';
import { ConnectionPort } from './connection-port.ts';
import { DatagramPort } from './datagram-port.ts';
import { FileBudget, openFileLimit } from './file-budget.ts';
import { HeldSockets, targetAt } from './held-sockets.ts';
import type { HoldOutcome, HostPortRange, HostPorts, PortFault } from './host-ports.ts';
import { type BindPlace, bindPlace, hasIpv6, openPort } from './open-port.ts';
import type { PortSocket, PortSocketDeps } from './port-socket.ts';
import { PortWatch } from './port-watch.ts';

/** Main thread held for some 2 ms. */
const PORTS_A_TURN = 128;
/** Of `<asm-generic/errno-base.h>`. */
const EMFILE = 24;

/** One socket serves all addresses of both families. */
const placesOf = ({ addresses }: HostPortRange): readonly BindPlace[] => {
  const both = addresses.includes('0.0.0.0') && addresses.includes('::');
  const places = addresses.filter((address) => !both || address !== '0.0.0.0').map(bindPlace);
  return places.map((place) => (place.address === '::' && both ? { ...place, both } : place));
};

const asEngineError = (error: unknown): EngineError =>
  error instanceof EngineError ? error : new EngineError('internal', 'port', { cause: error });

/** Of a socket for both families the fault is IPv4's when that alone would fail too: Docker asks for it first. */
const faultOf = (range: HostPortRange, place: BindPlace, port: number, error: unknown): PortFault => {
  const fault = { address: place.address, port, error: asEngineError(error) };
  if (!place.both) return fault;
  try {
    closeSocket(openPort(range.protocol, bindPlace('0.0.0.0'), port));
    return fault;
  } catch {
    return { ...fault, address: '0.0.0.0' };
  }
};

const portSocket = (
  deps: PortSocketDeps,
  range: HostPortRange,
  place: BindPlace,
  port: number,
): PortSocket => {
  const fd = openPort(range.protocol, place, port);
  if (range.protocol === 'udp') return new DatagramPort(deps, port, fd, place.family === 6 ? 'udp6' : 'udp4');
  return new ConnectionPort(deps, port, fd);
};

/** Opens the sockets of a range, one after the other, and stops between them wherever another may have its turn. */
function* openRange(deps: PortSocketDeps, range: HostPortRange): Generator<void, HoldOutcome, void> {
  const { port: first, count } = range;
  const places = placesOf(range);
  const files = count * places.length;
  const [place] = places;
  if (place && !deps.budget.takePorts(files))
    return { fault: { address: place.address, port: first, error: sysFailure(EMFILE, 'socket') } };
  const sockets: PortSocket[] = [];
  const held = (): HeldSockets => new HeldSockets(deps.budget, first, sockets, range.target);
  for (let port = first; port < first + count; port += 1) {
    for (const each of places)
      try {
        const socket = portSocket(deps, range, each, port);
        sockets.push(socket);
        if (range.target) socket.forwardTo(targetAt(range.target, port - first));
      } catch (error) {
        deps.budget.givePorts(files - sockets.length);
        held()[Symbol.dispose]();
        return { fault: faultOf(range, each, port, error) };
      }
    if ((port - first) % PORTS_A_TURN === PORTS_A_TURN - 1) yield;
  }
  return { held: held() };
}

const finish = (opening: Generator<void, HoldOutcome, void>): HoldOutcome => {
  for (;;) {
    const step = opening.next();
    if (step.done === true) return step.value;
  }
};

const finishInTurns = async (opening: Generator<void, HoldOutcome, void>): Promise<HoldOutcome> => {
  for (;;) {
    const step = opening.next();
    if (step.done === true) return step.value;
    await turn();
  }
};

/** The kernel's sockets. Main thread only. */
export const createHostPorts = (): HostPorts => {
  const budget = new FileBudget(openFileLimit());
  const deps = { budget, watch: new PortWatch(budget) };
  const probed: { ipv6?: boolean } = {};
  return {
    hold: (range) => finish(openRange(deps, range)),
    holdInTurns: async (range) => finishInTurns(openRange(deps, range)),
    get ipv6() {
      return (probed.ipv6 ??= hasIpv6());
    },
  };
};
