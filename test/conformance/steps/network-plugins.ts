// SPDX-License-Identifier: Apache-2.0
import { type PluginKind, type PluginScene, playPluginScene } from '../plugin-scene.ts';
import { type Step, type StepGroup, custom } from '../step.ts';

const DRIVER: PluginKind = { discovery: 'socket', can: ['NetworkDriver'] };
const IPAM: PluginKind = { discovery: 'socket', can: ['IpamDriver'] };
const BOTH: PluginKind = { discovery: 'socket', can: ['NetworkDriver', 'IpamDriver'] };

const scene = (
  name: string,
  covers: readonly string[],
  kind: PluginKind,
  play: (scene: PluginScene) => Promise<void>,
): Step => custom(name, async (lab) => playPluginScene(lab, play, kind), { covers });

const NETWORK = 'network: plugin CreateNetwork and DeleteNetwork';
const ENDPOINT = 'network: plugin CreateEndpoint and DeleteEndpoint';
const INFO = 'network: plugin EndpointOperInfo';
const JOIN = 'network: plugin Join and Leave';
const OUTSIDE = 'network: plugin ProgramExternalConnectivity';
const POOL = 'network: ipam plugin RequestPool and ReleasePool';
const ADDRESS = 'network: ipam plugin RequestAddress and ReleaseAddress';
const ABILITIES = 'network: ipam plugin GetCapabilities';
const SPACES = 'network: ipam plugin GetDefaultAddressSpaces';
const ERRORS = 'network: plugin errors';
const IPAM_ERRORS = 'network: ipam plugin errors';

const CREATE_BOTH = 'network create -d PLUGIN --ipam-driver PLUGIN';
const SHOWN = '{{.Scope}} {{.Driver}} {{json .IPAM}} {{json .Options}}';
const STATE = '{{.State.Status}} {{.State.ExitCode}} {{.State.Error}}';
const PLACES =
  '{{range .NetworkSettings.Networks}}{{.IPAddress}}/{{.IPPrefixLen}} by {{.Gateway}} {{.GlobalIPv6Address}}{{end}}';

const found = (discovery: PluginKind['discovery']): Step =>
  scene(
    `a plugin is found by its ${discovery}`,
    ['network: plugin found', 'network: plugin GetCapabilities'],
    { ...DRIVER, discovery },
    async ({ docker }) => {
      await docker('network create -d PLUGIN --subnet 10.75.0.0/24 plugged');
      await docker('network rm plugged');
    },
  );

const networkScenes: readonly Step[] = [
  scene('networks of a plugin', [NETWORK], DRIVER, async ({ docker }) => {
    await docker('network create -d PLUGIN --internal --subnet 10.75.0.0/24 plugged');
    await docker('network rm plugged');
    const subnets = '--subnet 10.75.0.0/24 --subnet fd75::/64 --gateway 10.75.0.9';
    await docker(`network create -d PLUGIN --ipv6 ${subnets} --aux-address h=10.75.0.5 plugged`);
    await docker('network inspect plugged -f', SHOWN);
    await docker('network rm plugged');
    await docker('network create -d PLUGIN --ipam-driver null plugged');
    await docker('network inspect plugged -f', SHOWN);
    await docker('network rm plugged');
  }),
  scene(
    'networks with addresses of a plugin',
    [NETWORK, POOL, ABILITIES, SPACES],
    BOTH,
    async ({ docker }) => {
      await docker(`${CREATE_BOTH} -o a=b --ipam-opt x=y --label l=1 plugged`);
      await docker('network inspect plugged -f', SHOWN);
      await docker('network rm plugged');
    },
  ),
  scene('subnets and addresses that the client chooses', [POOL, ADDRESS], IPAM, async ({ docker }) => {
    const subnet = '--subnet 10.76.0.0/24 --ip-range 10.76.0.128/25 --gateway 10.76.0.9';
    await docker(`network create --ipam-driver PLUGIN ${subnet} --aux-address h=10.76.0.5 plugged`);
    await docker('network inspect plugged -f', SHOWN);
    await docker('run -d --name guest --network plugged --ip 10.76.0.77 busybox sleep 600');
    await docker('inspect guest -f', PLACES);
    await docker('rm -f guest');
    await docker('network rm plugged');
  }),
  scene('an IPAM plugin that asks for MAC addresses', [ABILITIES], IPAM, async ({ plugin, docker }) => {
    plugin.addresses.capabilities = { RequiresMACAddress: true };
    await docker('network create --ipam-driver PLUGIN plugged');
    await docker('run --name guest --network plugged --mac-address 02:42:00:00:00:77 busybox true');
    await docker('rm -f guest');
    await docker('network rm plugged');
  }),
];

const endpointScenes: readonly Step[] = [
  scene(
    'a container’s life with plugins',
    [ENDPOINT, JOIN, INFO, OUTSIDE, ADDRESS],
    BOTH,
    async ({ docker }) => {
      await docker(`${CREATE_BOTH} plugged`);
      const ports = '-p 8080:80 -p 127.0.0.1::81/udp --expose 82';
      await docker(`run -d --name guest --network plugged ${ports} busybox sleep 600`);
      await docker('inspect guest -f', `${PLACES} {{json .NetworkSettings.Ports}}`);
      await docker('exec guest ip route');
      await docker('restart -t 0 guest');
      await docker('network disconnect plugged guest');
      await docker('network connect plugged guest');
      await docker('stop -t 0 guest');
      await docker('rm -f guest');
      await docker('network rm plugged');
    },
  ),
  scene(
    'routes and options that plugins tell and are told',
    [JOIN, ENDPOINT],
    DRIVER,
    async ({ plugin, docker }) => {
      await docker('network create -d PLUGIN --subnet 10.77.0.0/24 plugged');
      plugin.extras.set('NetworkDriver.Join', {
        StaticRoutes: [
          { Destination: '10.99.0.0/16', RouteType: 0, NextHop: '10.77.0.9' },
          { Destination: '10.98.0.0/16', RouteType: 1 },
        ],
      });
      await docker('run --name guest --network name=plugged,driver-opt=k=v --ip 10.77.0.7 busybox ip route');
      await docker('rm -f guest');
      await docker('network rm plugged');
    },
  ),
  scene('an internal network of a plugin', [JOIN, ENDPOINT], DRIVER, async ({ plugin, docker }) => {
    await docker('network create -d PLUGIN --internal --subnet 10.78.0.0/24 plugged');
    await docker('run -d --name guest --network plugged -p 80 busybox sleep 600');
    await docker('exec guest ip route');
    // 20.10 revokes what it never programmed.
    plugin.silent.add('NetworkDriver.RevokeExternalConnectivity');
    await docker('rm -f guest');
    await docker('network rm plugged');
  }),
];

const REFUSABLE = [
  'IpamDriver.RequestAddress',
  'NetworkDriver.CreateEndpoint',
  'NetworkDriver.Join',
  'NetworkDriver.EndpointOperInfo',
  'NetworkDriver.ProgramExternalConnectivity',
  'NetworkDriver.Leave',
  'NetworkDriver.DeleteEndpoint',
] as const;

const TROUBLES = [{ refuse: 'no way' }, { status: 500, text: '{"Err":"out of order"}' }] as const;

const refused = (method: (typeof REFUSABLE)[number]): Step =>
  scene(
    `a plugin that refuses ${method}`,
    [method.startsWith('Ipam') ? IPAM_ERRORS : ERRORS],
    BOTH,
    async ({ plugin, docker }) => {
      await docker(`${CREATE_BOTH} plugged`);
      for (const trouble of TROUBLES) {
        plugin.trouble.set(method, trouble);
        await docker('run --name guest --network plugged busybox true');
        plugin.trouble.clear();
        await docker('inspect guest -f', STATE);
        await docker('rm -f guest');
      }
      await docker('network rm plugged');
    },
  );

const faultScenes: readonly Step[] = [
  ...REFUSABLE.map(refused),
  scene('networks that plugins refuse', [ERRORS, IPAM_ERRORS], BOTH, async ({ plugin, docker }) => {
    for (const method of [
      'IpamDriver.RequestPool',
      'IpamDriver.RequestAddress',
      'NetworkDriver.CreateNetwork',
    ])
      for (const trouble of TROUBLES) {
        plugin.trouble.set(method, trouble);
        await docker(`${CREATE_BOTH} plugged`);
        plugin.trouble.clear();
      }
    await docker(`${CREATE_BOTH} plugged`);
    plugin.trouble.set('NetworkDriver.DeleteNetwork', { refuse: 'no way' });
    await docker('network rm plugged');
    plugin.trouble.clear();
    plugin.removeBridges();
  }),
  scene('a driver that changes what is not its to change', [ENDPOINT], DRIVER, async ({ plugin, docker }) => {
    await docker('network create -d PLUGIN --subnet 10.79.0.0/24 plugged');
    plugin.answers.set('NetworkDriver.CreateEndpoint', { Interface: { Address: '1.2.3.4/24' } });
    await docker('run --name guest --network plugged busybox true');
    plugin.answers.clear();
    await docker('rm -f guest');
    await docker('network rm plugged');
  }),
  scene('a plugin that can do something else', [ERRORS], { ...DRIVER, can: [] }, async ({ docker }) => {
    await docker('network create -d PLUGIN plugged');
    await docker('network create --ipam-driver PLUGIN plugged');
  }),
];

/** Network and IPAM drivers by the protocol of plugins: what clients are told, and what plugins are asked. */
export const networkPluginSteps: StepGroup = {
  noun: 'network-plugins',
  steps: [found('socket'), found('spec'), found('json'), ...networkScenes, ...endpointScenes, ...faultScenes],
};
