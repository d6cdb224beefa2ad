// SPDX-License-Identifier: Apache-2.0
import { type PluginScene, playPluginScene } from '../plugin-scene.ts';
import { COMMON_VERSION, type Lab, type Step, type StepGroup, custom } from '../step.ts';

interface NetworkEvent {
  readonly Action: string;
  readonly Actor: { readonly Attributes: Readonly<Record<string, string>> };
}

/** What was told of networks between two moments (ms), in order. */
const eventsBetween = async ({ engine }: Lab, since: number, until: number): Promise<readonly string[]> => {
  const filters = encodeURIComponent(JSON.stringify({ type: ['network'] }));
  const times = `since=${(since / 1000).toFixed(3)}&until=${(until / 1000).toFixed(3)}`;
  const { text } = await engine.request('GET', `/v${COMMON_VERSION}/events?${times}&filters=${filters}`);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as NetworkEvent)
    .map(({ Action, Actor: { Attributes } }) => `${Action} ${Attributes['name'] ?? ''}`);
};

/** Names of the engine's own endpoints; and 28 tells which endpoints are active, where 20.10 tells the network's id. */
const mask = (value: unknown): unknown =>
  JSON.parse(
    JSON.stringify(value)
      .replace(/ has active endpoints \([^)]*\)/g, ' has active endpoints')
      .replace(/ id <id> has active endpoints/g, ' has active endpoints')
      .replace(/gateway_[0-9a-f]{12}/g, 'gateway_<sandbox>'),
  );

/** What the plugin says of a container that joins, who names no gateway. */
const JOIN = 'NetworkDriver.Join';

/** A scene with a plugin that leaves the way out to the engine. */
const scene = (name: string, covers: readonly string[], play: (scene: PluginScene) => Promise<void>): Step =>
  custom(
    name,
    async (lab) => {
      const began = Date.now();
      const { acts } = await playPluginScene(
        lab,
        async (stage) => {
          stage.plugin.extras.set(JOIN, { Gateway: '' });
          // 20.10 asks for it as long as it has not come upon a published port.
          stage.plugin.silent.add('NetworkDriver.EndpointOperInfo');
          await stage.docker('network create -d PLUGIN --subnet 10.70.0.0/24 plugged');
          await play(stage);
          await stage.docker('network rm plugged');
        },
        { discovery: 'socket', can: ['NetworkDriver'] },
      );
      return mask({ acts, events: await eventsBetween(lab, began, Date.now()) });
    },
    { covers },
  );

const MADE = 'network: docker_gwbridge made on first need';
const SHOWN = 'network: docker_gwbridge shown';
const PORTS = 'network: docker_gwbridge ports';
const LIVE = 'network: docker_gwbridge follows the need';
const USER = 'network: docker_gwbridge of a user';
const EVENTS = 'network: docker_gwbridge events';
const REMOVAL = 'network: docker_gwbridge removed and pruned';
const NO_NEED = 'network: docker_gwbridge not needed';

const NETWORK =
  '{{.Name}} {{.Driver}} {{.Scope}} {{.EnableIPv6}} {{.Internal}} {{json .IPAM.Options}} {{len .IPAM.Config}} {{json .Options}} {{json .Labels}}';
const GUESTS = '{{range .Containers}}{{.Name}} {{.IPv4Address}};{{end}}';
const NAMES = '{{range .Containers}}{{.Name}};{{end}}';
const NETWORKS = '{{range $name, $place := .NetworkSettings.Networks}}{{$name}} {{$place.IPAddress}};{{end}}';
/** Links are counted differently: which network leads out is what counts. */
const WAY = "ip route | sed -n 's/^default via \\([^ ]*\\).*/\\1/p'";
const SLEEP = 'busybox sleep 600';

/** What can be seen of a container's way out. */
const look = async ({ docker }: PluginScene): Promise<void> => {
  await docker('exec guest sh -c', WAY);
  await docker('inspect guest -f', NETWORKS);
  await docker('network inspect docker_gwbridge -f', GUESTS);
  await docker('port guest');
};

/** Made by a user, with addresses that are known. */
const MINE = 'network create --subnet 10.70.1.0/24 --label mine docker_gwbridge';

const needed: readonly Step[] = [
  scene(
    'a plugin without a gateway: the way out is made',
    [MADE, SHOWN, PORTS, EVENTS, REMOVAL],
    async ({ docker }) => {
      await docker('network inspect docker_gwbridge');
      await docker(`run -d --name guest --hostname own --network plugged -p 8088:80 --expose 82 ${SLEEP}`);
      await docker('network inspect docker_gwbridge -f', NETWORK);
      await docker('network inspect docker_gwbridge -f', NAMES);
      await docker('network ls --filter name=docker_gwbridge --format', '{{.Name}} {{.Driver}} {{.Scope}}');
      await docker('inspect guest -f', `${NETWORKS} {{json .NetworkSettings.Ports}}`);
      await docker('ps --filter network=docker_gwbridge --format', '{{.Names}}');
      await docker('exec guest sh -c', 'ip route | grep -c "^default .* dev eth1"; grep own /etc/hosts');
      await docker('network rm docker_gwbridge');
      await docker('network prune -f');
      await docker('restart -t 0 guest');
      await docker('network inspect docker_gwbridge -f', NAMES);
      await docker('rename guest renamed');
      await docker('network inspect docker_gwbridge -f', NAMES);
      await docker('stop -t 0 renamed');
      await docker('network inspect docker_gwbridge -f', NAMES);
      await docker('rm renamed');
      await docker('network rm docker_gwbridge');
    },
  ),
  scene('the way out comes and goes', [LIVE, USER, PORTS, EVENTS], async (stage) => {
    const { docker } = stage;
    await docker(MINE);
    await docker('network create --subnet 10.70.2.0/24 other');
    await docker(`run -d --name guest --network plugged -p 8088:80 ${SLEEP}`);
    await look(stage);
    await docker('network connect other guest');
    await look(stage);
    await docker('network disconnect other guest');
    await look(stage);
    await docker('network disconnect plugged guest');
    await look(stage);
    await docker('network connect plugged guest');
    await look(stage);
    await docker('rm -f guest');
    await docker('network inspect docker_gwbridge -f', `${GUESTS} ${NETWORK}`);
    await docker('network rm docker_gwbridge other');
  }),
  scene('a container that leaves its last way out', [LIVE], async (stage) => {
    const { docker } = stage;
    await docker(MINE);
    await docker('network create --subnet 10.70.2.0/24 other');
    await docker(`run -d --name guest --network other -p 8088:80 ${SLEEP}`);
    await docker('network connect plugged guest');
    await look(stage);
    await docker('network disconnect other guest');
    await look(stage);
    await docker('rm -f guest');
    await docker('network rm docker_gwbridge other');
  }),
  scene('a port that another container has', [PORTS], async ({ docker }) => {
    await docker(MINE);
    await docker(`run -d --name guest --network plugged -p 8088:80 ${SLEEP}`);
    await docker(`run -d --name late --network plugged -p 8088:80 ${SLEEP}`);
    await docker('inspect late -f', '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}');
    await docker('network inspect docker_gwbridge -f', GUESTS);
    await docker('rm -f guest late');
    await docker('network rm docker_gwbridge');
  }),
];

const notNeeded = scene(
  'networks whose way out is not the engine’s',
  [NO_NEED],
  async ({ plugin, docker }) => {
    const run = 'run --rm --network plugged busybox sh -c';
    // 20.10 revokes what it never programmed.
    plugin.silent.add('NetworkDriver.RevokeExternalConnectivity');
    await docker('network create -d PLUGIN --internal --subnet 10.70.3.0/24 inner');
    await docker('run --rm --network inner busybox sh -c', 'ip route');
    await docker('network rm inner');
    plugin.extras.set(JOIN, { Gateway: '', DisableGatewayService: true });
    await docker(run, 'ip route');
    const route = { Destination: '0.0.0.0/0', RouteType: 0, NextHop: '10.70.0.9' };
    plugin.extras.set(JOIN, { Gateway: '', StaticRoutes: [route] });
    await docker(run, 'ip route');
    await docker('network inspect docker_gwbridge -f', NAMES);
  },
);

/** The way out of containers whose networks have none: `docker_gwbridge`. */
export const gatewayBridgeSteps: StepGroup = {
  noun: 'gateway-bridge',
  steps: [...needed, notNeeded],
};
