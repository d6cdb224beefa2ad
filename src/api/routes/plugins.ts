// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { Route } from '../route.ts';

/** Plugins can't be installed yet, so that none are: a true list, for clients that show it beside others. */
export const pluginListRoute = (): Route => ({
  method: 'GET',
  path: '/plugins',
  operation: 'PluginList',
  handle: (exchange) => exchange.json([]),
});

/** `docker inspect NAME` asks for a plugin, too, and takes nothing but a 404 for a no. */
export const pluginInspectRoute = (): Route => ({
  method: 'GET',
  path: '/plugins/{name:.*}/json',
  operation: 'PluginInspect',
  handle: (exchange) => {
    throw new EngineError('not-found', `plugin "${exchange.param('name')}" not found`);
  },
});
