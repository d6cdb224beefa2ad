// SPDX-License-Identifier: Apache-2.0
import { type Section, tested } from '../../coverage/row.ts';

const PLUGIN = 'test/integration/volumes/plugin.test.ts';
const SOCKETS = 'test/integration/volumes/plugin-sockets.test.ts';
const FAULTS = 'test/integration/volumes/plugin-faults.test.ts';

/** Volume drivers by the protocol of plugins, version 1. */
export const volumePlugins: Section = {
  title: 'Plugins',
  rows: [
    tested(
      'plugin: Create, Get, List, Remove',
      'options, Status, volumes that only the plugin knows',
      PLUGIN,
      'a volume is made, shown and removed by its plugin',
    ),
    tested(
      'plugin: Mount, Unmount, Path',
      'per container',
      PLUGIN,
      'a container uses what the plugin mounts for it, as long as it runs',
    ),
    tested(
      'plugin: Capabilities',
      'scope global',
      PLUGIN,
      'a volume is made, shown and removed by its plugin',
    ),
    tested(
      'plugin: errors',
      'in the plugin’s words',
      PLUGIN,
      'what the plugin refuses is told in its own words',
    ),
    tested('plugin: unknown', '404 at once', PLUGIN, 'a driver that is none is told'),
    tested(
      'plugin: restarts',
      'of the daemon and of the plugin',
      PLUGIN,
      'the daemon restarts, the plugin restarts, and its volumes are known and in use',
    ),
    tested(
      'plugin: over TLS',
      'by a json document: its certificate, our own',
      SOCKETS,
      'a plugin behind TLS is asked with a certificate, and has to have one that can be trusted',
    ),
    tested(
      'plugin: by a spec',
      'a url in a file',
      PLUGIN,
      'a plugin is found by a document that says where it listens',
    ),
    tested(
      'plugin: that hangs',
      'holds up nobody else',
      PLUGIN,
      'a plugin that hangs keeps nobody else from volumes',
    ),
    tested(
      'plugin: that is gone',
      'its volumes are told, and can be forgotten by force',
      FAULTS,
      'a plugin that is gone is told, and its volumes can be forgotten',
    ),
    tested(
      'plugin: volumes it has lost',
      '404; made anew',
      FAULTS,
      'a volume that its plugin has lost is not there',
    ),
    tested(
      'plugin: discovery',
      'sockets before documents',
      SOCKETS,
      'plugins are found by their sockets first, then by documents',
    ),
  ],
};
