// SPDX-License-Identifier: Apache-2.0
export { type Api, type ApiOptions, createApi } from './api.ts';
export type { Listener, TlsMaterial } from './listeners.ts';
export type { Route, Service } from './route.ts';
export { createRoutes, type RoutesDeps } from './routes/table.ts';
export { isOldestApi, NEWEST_API, OLDEST_API } from './version.ts';
