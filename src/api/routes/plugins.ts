// SPDX-License-Identifier: Apache-2.0
import type { Route } from '../route.ts';

/** Plugins can't be installed yet, so that none are: a true list, for clients that show it beside others. */
export const pluginListRoute = (): Route => ({
  method: 'GET',
  path: '/plugins',
  operation: 'PluginList',
  handle: (exchange) => exchange.json([]),
});
