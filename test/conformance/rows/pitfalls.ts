// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../coverage/row.ts';

const SAYS: readonly string[] = [
  'Running stays true while Restarting',
  'wait gives the exit code though the container removes itself',
  'die comes after the state is saved',
  'starting stands with the first Running',
  'HostPort is there before start answers',
  'a published port has one number for both families',
  'Warnings of create is a list, never null',
  '`Entrypoint: []`, null and `[""]` differ; a string for Cmd is one argument',
  'Env without `=` removes',
  'StopTimeout 0 is kept',
  'stop of a restarting one ends it, 204',
  'kill of an ended one is 409, stop 304',
  'anonymous volumes are made at create',
  'copy-up is done at create, with owner and mode',
  'sources of Binds are made at start, those of Mounts must be there',
  'duplicates are found by cleaned paths',
  'a terminal is not framed',
  'exec inspect works while the container is stopped',
  'a follower gets each line, over a rotation too',
  'zero times are told',
  'a label is split at its first `=`',
  'Image is the id, Config.Image what was sent',
  'names with and without a slash; prefixes of one character',
  'PUT archive ends after the extraction, and makes nothing on a bad path',
  'exec events hold the command; filters match the prefix',
];

/** Where clients trip. */
export const pitfallSection: Section = {
  title: 'Pitfalls',
  rows: SAYS.map((says, index) => row(`pitfall ${index + 1}`, says)),
};
