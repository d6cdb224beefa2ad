// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../coverage/row.ts';

/** What else is done to containers. */
export const operationSection: Section = {
  title: 'Top, update, rename, commit, export, diff, copy',
  rows: [
    row('rule: top', "the host's ps, its own processes alone; a PID column is needed"),
    row('rule: update', 'limits and policy, live; what 0 leaves; conflicts'),
    row('rule: update limits', 'a swap limit to be updated with the memory'),
    row('rule: rename', 'to the same, to nothing, to a taken one'),
    row('rule: commit', 'an image of the changes, without volumes; paused meanwhile'),
    row('rule: commit changes', 'of these instructions alone, merged with the container’s'),
    row('rule: commit events', 'image create, image tag, commit'),
    row('rule: export', 'the root without volumes'),
    row('rule: diff', 'added, changed, removed'),
    row('rule: archive read', 'names, links, volumes; running or not'),
    row('rule: archive write', 'a directory, owners, what must not be replaced, nothing outside'),
    row('rule: archive stat', 'name, size, mode, time, target of a link'),
    row('rule: archive read-only', 'a read-only root or mount is refused'),
    row('rule: resize', 'with its event'),
    row('rule: prune', 'label, label!, until; their errors; its event'),
    row('rule: checkpoints', 'only experimental; list, create, delete, start from one'),
  ],
};
