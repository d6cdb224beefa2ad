// SPDX-License-Identifier: Apache-2.0
import type { Import } from './imports.ts';

/** A rule of ARCHITECTURE.md that one import can break. */
export interface Rule {
  readonly name: string;
  readonly isBrokenBy: (edge: Import) => boolean;
}

/** The floors of `src/`, top first: each may use those after it. */
const FLOORS = ['daemon', 'api', 'domain', 'adapters', 'sys', 'spec', 'base'];
/** The rooms of `src/domain/`, top first: each may use those after it. */
const ROOMS = [
  'system',
  'cluster',
  'build',
  'containers',
  'dns',
  'networks',
  'volumes',
  'logs',
  'images',
  'plugins',
  'events',
];

const TEST = /\.test\.ts$/;
const DOOR = /\/index\.ts$/;
/** Fakes and contracts, and those who may use them. */
const FAKE = /[/-](?:fake|contract)\.ts$/;
const MAY_FAKE = /(?:\.test|[/-]fake|[/-]contract)\.ts$|^test\//;

const folderIn = (path: string, root: string): string | undefined =>
  path.startsWith(root) ? path.slice(root.length).split('/')[0] : undefined;

/** Whether the import runs from a lower folder of `order` to a higher one. */
const runsUp = ({ from, to }: Import, root: string, order: readonly string[]): boolean => {
  const [source, target] = [folderIn(from, root), folderIn(to, root)];
  if (source === undefined || target === undefined) return false;
  const [below, above] = [order.indexOf(source), order.indexOf(target)];
  return below >= 0 && above >= 0 && above < below;
};

/** `src/domain/containers` of `src/domain/containers/exec/start.ts`; `undefined` outside of rooms and adapters. */
const roomOf = (path: string): string | undefined => /^src\/(?:domain|adapters)\/[^/]+(?=\/)/.exec(path)?.[0];

const within = (path: string, folder: string): boolean => path.startsWith(folder);

/** What one import may not do. Circles are found by `findCircles`. */
export const RULES: readonly Rule[] = [
  { name: 'floors-import-downwards', isBrokenBy: (edge) => runsUp(edge, 'src/', FLOORS) },
  { name: 'rooms-import-downwards', isBrokenBy: (edge) => runsUp(edge, 'src/domain/', ROOMS) },
  {
    name: 'every-floor-and-room-has-a-place',
    isBrokenBy: ({ from }) => {
      const floor = folderIn(from, 'src/');
      const room = folderIn(from, 'src/domain/');
      const isTop = from === 'src/main.ts' || from === 'src/index.ts';
      return (
        (floor !== undefined && !isTop && !FLOORS.includes(floor)) ||
        (room !== undefined && !ROOMS.includes(room))
      );
    },
  },
  {
    name: 'nobody-imports-the-top',
    isBrokenBy: ({ from, to }) =>
      (to === 'src/main.ts' || to === 'src/index.ts') && within(from, 'src/') && !TEST.test(from),
  },
  {
    name: 'through-the-door',
    isBrokenBy: ({ from, to }) => {
      const [mine, theirs] = [roomOf(from), roomOf(to)];
      if (mine === undefined || theirs === undefined || TEST.test(from)) return false;
      return mine !== theirs && !DOOR.test(to);
    },
  },
  {
    name: 'door-from-above',
    isBrokenBy: ({ from, to }) =>
      (within(from, 'src/api/') || within(from, 'src/daemon/')) &&
      !TEST.test(from) &&
      roomOf(to) !== undefined &&
      !DOOR.test(to),
  },
  {
    name: 'door-opens-outwards',
    isBrokenBy: ({ from, to }) =>
      roomOf(from) !== undefined && !TEST.test(from) && to === `${roomOf(from)}/index.ts`,
  },
  {
    name: 'api-knows-no-adapter',
    isBrokenBy: ({ from, to }) => within(from, 'src/api/') && within(to, 'src/adapters/'),
  },
  {
    name: 'adapters-are-injected',
    isBrokenBy: ({ from, to, typeOnly }) =>
      within(from, 'src/domain/') && !TEST.test(from) && within(to, 'src/adapters/') && !typeOnly,
  },
  {
    name: 'adapters-are-strangers',
    isBrokenBy: ({ from, to }) =>
      within(from, 'src/adapters/') && within(to, 'src/adapters/') && roomOf(from) !== roomOf(to),
  },
  { name: 'fakes-are-for-tests', isBrokenBy: ({ from, to }) => FAKE.test(to) && !MAY_FAKE.test(from) },
];
