// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../base/errors.ts';
import type { Method, Route } from '../route.ts';

type Row = readonly [operation: string, method: Method, path: string];

const refusing = (
  service: 'later' | 'no-swarm',
  rows: readonly Row[],
  refuse: (operation: string) => EngineError,
): readonly Route[] =>
  rows.map(([operation, method, path]) => ({
    operation,
    method,
    path,
    service,
    handle: () => {
      throw refuse(operation);
    },
  }));

const notYet = (operation: string): EngineError =>
  new EngineError('not-implemented', `${operation} is not implemented yet by this engine`);

/** The answer of a node that is in no swarm, or is no manager of one. */
export const noManager = (): EngineError =>
  new EngineError(
    'unavailable',
    'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.',
  );

const LATER: readonly Row[] = [
  ['ImagePush', 'POST', '/images/{name:.*}/push'],
  ['ImageSearch', 'GET', '/images/search'],
  ['ImagePrune', 'POST', '/images/prune'],
  ['ImageGetAll', 'GET', '/images/get'],
  ['ImageGet', 'GET', '/images/{name:.*}/get'],
  ['DistributionInspect', 'GET', '/distribution/{name:.*}/json'],
  ['ImageBuild', 'POST', '/build'],
  ['BuildCancel', 'POST', '/build/cancel'],
  ['BuildPrune', 'POST', '/build/prune'],
  ['Session', 'POST', '/session'],
  ['Grpc', 'POST', '/grpc'],
  ['GetPluginPrivileges', 'GET', '/plugins/privileges'],
  ['PluginDelete', 'DELETE', '/plugins/{name:.*}'],
  ['PluginEnable', 'POST', '/plugins/{name:.*}/enable'],
  ['PluginDisable', 'POST', '/plugins/{name:.*}/disable'],
  ['PluginPull', 'POST', '/plugins/pull'],
  ['PluginPush', 'POST', '/plugins/{name:.*}/push'],
  ['PluginUpgrade', 'POST', '/plugins/{name:.*}/upgrade'],
  ['PluginSet', 'POST', '/plugins/{name:.*}/set'],
  ['PluginCreate', 'POST', '/plugins/create'],
  ['SystemAuth', 'POST', '/auth'],
  ['DebugVars', 'GET', '/debug/vars'],
  ['DebugProfiles', 'GET', '/debug/pprof/'],
  ['DebugCommandLine', 'GET', '/debug/pprof/cmdline'],
  ['DebugProfile', 'GET', '/debug/pprof/profile'],
  ['DebugSymbol', 'GET', '/debug/pprof/symbol'],
  ['DebugTrace', 'GET', '/debug/pprof/trace'],
  ['DebugNamedProfile', 'GET', '/debug/pprof/{name}'],
];

const NEEDS_MANAGER: readonly Row[] = [
  ['SwarmInspect', 'GET', '/swarm'],
  ['SwarmUnlockkey', 'GET', '/swarm/unlockkey'],
  ['SwarmUpdate', 'POST', '/swarm/update'],
  ['SwarmUnlock', 'POST', '/swarm/unlock'],
  ['NodeList', 'GET', '/nodes'],
  ['NodeInspect', 'GET', '/nodes/{id}'],
  ['NodeDelete', 'DELETE', '/nodes/{id}'],
  ['NodeUpdate', 'POST', '/nodes/{id}/update'],
  ['ServiceList', 'GET', '/services'],
  ['ServiceInspect', 'GET', '/services/{id}'],
  ['ServiceCreate', 'POST', '/services/create'],
  ['ServiceUpdate', 'POST', '/services/{id}/update'],
  ['ServiceDelete', 'DELETE', '/services/{id}'],
  ['ServiceLogs', 'GET', '/services/{id}/logs'],
  ['TaskList', 'GET', '/tasks'],
  ['TaskInspect', 'GET', '/tasks/{id}'],
  ['TaskLogs', 'GET', '/tasks/{id}/logs'],
  ['SecretList', 'GET', '/secrets'],
  ['SecretCreate', 'POST', '/secrets/create'],
  ['SecretInspect', 'GET', '/secrets/{id}'],
  ['SecretDelete', 'DELETE', '/secrets/{id}'],
  ['SecretUpdate', 'POST', '/secrets/{id}/update'],
  ['ConfigList', 'GET', '/configs'],
  ['ConfigCreate', 'POST', '/configs/create'],
  ['ConfigInspect', 'GET', '/configs/{id}'],
  ['ConfigDelete', 'DELETE', '/configs/{id}'],
  ['ConfigUpdate', 'POST', '/configs/{id}/update'],
];

/** What the Engine API has and this engine does not do yet: 501 with the operation's name. */
export const laterRoutes = (): readonly Route[] => refusing('later', LATER, notYet);

/** Operations of a swarm manager, answered as a node does that belongs to no swarm; joining one is to come. */
export const swarmRoutes = (): readonly Route[] => [
  ...refusing('no-swarm', NEEDS_MANAGER, noManager),
  ...refusing(
    'no-swarm',
    [['SwarmLeave', 'POST', '/swarm/leave']],
    () => new EngineError('unavailable', 'This node is not part of a swarm'),
  ),
  ...refusing(
    'later',
    [
      ['SwarmInit', 'POST', '/swarm/init'],
      ['SwarmJoin', 'POST', '/swarm/join'],
    ],
    notYet,
  ),
];
