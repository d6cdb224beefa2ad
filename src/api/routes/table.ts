// SPDX-License-Identifier: Apache-2.0
import type { Containers } from '../../domain/containers/index.ts';
import type { Events } from '../../domain/events/index.ts';
import type { Images } from '../../domain/images/index.ts';
import type { Networks } from '../../domain/networks/index.ts';
import type { System } from '../../domain/system/index.ts';
import type { Volumes } from '../../domain/volumes/index.ts';
import type { Platform } from '../../spec/platform.ts';
import type { Route } from '../route.ts';
import { archiveRoutes } from './containers/archive.ts';
import { attachWebsocketRoute } from './containers/attach-ws.ts';
import { attachRoute } from './containers/attach.ts';
import { changesRoute } from './containers/changes.ts';
import { checkpointRoutes } from './containers/checkpoints.ts';
import { commitRoute } from './containers/commit.ts';
import { createRoute } from './containers/create.ts';
import { deleteRoute } from './containers/delete.ts';
import { exportRoute } from './containers/export.ts';
import { inspectRoute } from './containers/inspect.ts';
import { killRoute } from './containers/kill.ts';
import { listRoute } from './containers/list.ts';
import { logsRoute } from './containers/logs.ts';
import { pauseRoute } from './containers/pause.ts';
import { pruneRoute } from './containers/prune.ts';
import { renameRoute } from './containers/rename.ts';
import { resizeRoute } from './containers/resize.ts';
import { restartRoute } from './containers/restart.ts';
import { startRoute } from './containers/start.ts';
import { statsRoute } from './containers/stats.ts';
import { stopRoute } from './containers/stop.ts';
import { topRoute } from './containers/top.ts';
import { unpauseRoute } from './containers/unpause.ts';
import { updateRoute } from './containers/update.ts';
import { waitRoute } from './containers/wait.ts';
import { execCreateRoute } from './exec/create.ts';
import { execInspectRoute } from './exec/inspect.ts';
import { execResizeRoute } from './exec/resize.ts';
import { execStartRoute } from './exec/start.ts';
import { imageCreateRoute } from './images/create.ts';
import { imageDeleteRoute } from './images/delete.ts';
import { imageHistoryRoute } from './images/history.ts';
import { imageInspectRoute } from './images/inspect.ts';
import { imageListRoute } from './images/list.ts';
import { imageLoadRoute } from './images/load.ts';
import { imageTagRoute } from './images/tag.ts';
import { networkConnectRoute } from './networks/connect.ts';
import { networkCreateRoute } from './networks/create.ts';
import { networkDeleteRoute } from './networks/delete.ts';
import { networkDisconnectRoute } from './networks/disconnect.ts';
import { networkInspectRoute } from './networks/inspect.ts';
import { networkListRoutes } from './networks/list.ts';
import { networkPruneRoute } from './networks/prune.ts';
import { laterRoutes, swarmRoutes } from './not-served.ts';
import { pluginInspectRoute, pluginListRoute } from './plugins.ts';
import { diskUsageRoute } from './system/df.ts';
import { eventsRoute } from './system/events.ts';
import { infoRoute } from './system/info.ts';
import { pingRoutes } from './system/ping.ts';
import { versionRoute } from './system/version.ts';
import { volumeCloneRoute } from './volumes/clone.ts';
import { volumeCreateRoute } from './volumes/create.ts';
import { volumeDeleteRoute } from './volumes/delete.ts';
import { volumeExportRoute } from './volumes/export.ts';
import { volumeImportRoute } from './volumes/import.ts';
import { volumeInspectRoute } from './volumes/inspect.ts';
import { volumeListRoute } from './volumes/list.ts';
import { volumePruneRoute } from './volumes/prune.ts';
import { volumeRenameRoute } from './volumes/rename.ts';
import { volumeUpdateRoute } from './volumes/update.ts';

/** Everything that the Engine API is served from. */
export interface RoutesDeps {
  readonly containers: Containers;
  readonly images: Images;
  readonly networks: Networks;
  readonly volumes: Volumes;
  readonly events: Events;
  readonly system: System;
  /** What an incomplete `platform` is completed with. */
  readonly host: Platform;
}

const systemRoutes = ({ system, events, ...rooms }: RoutesDeps): readonly Route[] => [
  ...pingRoutes(),
  versionRoute(system),
  infoRoute(system),
  eventsRoute(events),
  diskUsageRoute(rooms),
];

const containerRoutes = ({ containers, images, host }: RoutesDeps): readonly Route[] => [
  listRoute(containers, images),
  createRoute(containers, host),
  inspectRoute(containers),
  logsRoute(containers),
  startRoute(containers),
  stopRoute(containers),
  restartRoute(containers),
  killRoute(containers),
  pauseRoute(containers),
  unpauseRoute(containers),
  renameRoute(containers),
  resizeRoute(containers),
  attachRoute(containers),
  attachWebsocketRoute(containers),
  waitRoute(containers),
  changesRoute(containers),
  exportRoute(containers),
  ...archiveRoutes(containers),
  updateRoute(containers),
  topRoute(containers),
  statsRoute(containers),
  pruneRoute(containers),
  commitRoute(containers),
  ...checkpointRoutes(containers),
  deleteRoute(containers),
];

const execRoutes = ({ containers }: RoutesDeps): readonly Route[] => [
  execCreateRoute(containers),
  execStartRoute(containers),
  execResizeRoute(containers),
  execInspectRoute(containers),
];

const imageRoutes = ({ images, host }: RoutesDeps): readonly Route[] => [
  imageListRoute(images),
  imageCreateRoute(images, host),
  imageLoadRoute(images),
  imageInspectRoute(images),
  imageHistoryRoute(images),
  imageTagRoute(images),
  imageDeleteRoute(images),
];

const networkRoutes = ({ networks, containers }: RoutesDeps): readonly Route[] => [
  ...networkListRoutes(networks),
  networkInspectRoute(networks),
  networkCreateRoute(networks),
  networkPruneRoute(networks),
  networkDeleteRoute(networks),
  networkConnectRoute(containers),
  networkDisconnectRoute(containers),
];

const volumeRoutes = ({ volumes }: RoutesDeps): readonly Route[] => [
  volumeListRoute(volumes),
  volumeExportRoute(volumes),
  volumeInspectRoute(volumes),
  volumeCreateRoute(volumes),
  volumeDeleteRoute(volumes),
  volumePruneRoute(volumes),
  volumeRenameRoute(volumes),
  volumeImportRoute(volumes),
  volumeCloneRoute(volumes),
  volumeUpdateRoute(),
];

/** The whole Engine API, what is not served yet included. */
export const createRoutes = (deps: RoutesDeps): readonly Route[] => [
  ...systemRoutes(deps),
  ...containerRoutes(deps),
  ...execRoutes(deps),
  ...imageRoutes(deps),
  ...networkRoutes(deps),
  ...volumeRoutes(deps),
  pluginListRoute(),
  pluginInspectRoute(),
  ...laterRoutes(),
  ...swarmRoutes(),
];
