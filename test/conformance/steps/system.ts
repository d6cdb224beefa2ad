// SPDX-License-Identifier: Apache-2.0
import { covering, api, cli, custom, newer, type StepGroup } from '../step.ts';

const HEADS = ['api-version', 'ostype', 'docker-experimental', 'cache-control', 'pragma', 'content-length'];

/** Ping, version, info, routing, errors of the HTTP border. */
export const systemSteps: StepGroup = {
  noun: 'system',
  steps: [
    newer(
      api('GET /_ping answers OK and the negotiation headers', 'GET', '/_ping', {
        unversioned: true,
        heads: HEADS,
      }),
      'Api-Version is that of 28.5',
      { 'api-version': '1.51' },
    ),
    newer(
      api('HEAD /_ping answers the same without a body', 'HEAD', '/_ping', {
        unversioned: true,
        heads: HEADS,
      }),
      'Api-Version is that of 28.5',
      { 'api-version': '1.51' },
    ),
    newer(
      api('the headers of a ping name builder and swarm', 'GET', '/_ping', {
        unversioned: true,
        heads: ['builder-version', 'swarm'],
      }),
      '20.10 names neither; Berth has no BuildKit yet, and 2 would send clients to it',
      { 'builder-version': '1', swarm: 'inactive' },
    ),
    api('/version has its keys', 'GET', '/version', {
      pick: (body: Record<string, unknown>) =>
        Object.keys(body)
          .filter((key) => key !== 'Experimental')
          .toSorted(),
    }),
    api('/version names the components', 'GET', '/version', {
      pick: (body: { Components: { Name: string }[] }) => body.Components.map((component) => component.Name),
    }),
    api('/version has the detail keys of the engine', 'GET', '/version', {
      pick: (body: { Components: { Details: object }[] }) =>
        Object.keys(body.Components[0]?.Details ?? {}).toSorted(),
    }),
    newer(
      api('/version names the API versions', 'GET', '/version', {
        pick: (body: {
          ApiVersion: string;
          MinAPIVersion: string;
          Os: string;
          Arch: string;
          KernelVersion: string;
        }) => [body.ApiVersion, body.MinAPIVersion, body.Os, body.Arch, body.KernelVersion],
      }),
      '28.5 speaks 1.24 to 1.51',
      (oracle) => ({
        ...(oracle as object),
        body: ['1.51', '1.24', ...((oracle as { body: string[] }).body.slice(2) ?? [])],
      }),
    ),
    api('/info counts and describes', 'GET', '/info', {
      pick: (body: Record<string, unknown>) =>
        Object.fromEntries(
          ['Containers', 'ContainersRunning', 'ContainersPaused', 'ContainersStopped', 'Images', 'OSType']
            .concat(['LoggingDriver', 'CgroupDriver', 'CgroupVersion', 'KernelVersion', 'NCPU'])
            .concat([
              'MemTotal',
              'Architecture',
              'DefaultRuntime',
              'LiveRestoreEnabled',
              'IndexServerAddress',
            ])
            .concat(['Isolation', 'ExperimentalBuild', 'Name', 'OSVersion', 'Labels', 'HttpProxy'])
            .concat([
              'MemoryLimit',
              'SwapLimit',
              'CpuCfsPeriod',
              'CpuCfsQuota',
              'CPUShares',
              'CPUSet',
              'PidsLimit',
            ])
            .concat(['IPv4Forwarding', 'OomKillDisable', 'NoProxy', 'HttpsProxy'])
            .map((key) => [key, body[key]]),
        ),
    }),
    api('/info names the storage driver', 'GET', '/info', {
      pick: (body: { Driver: string }) => body.Driver,
    }),
    api('/info names the system', 'GET', '/info', {
      // Whether a machine counts as a container, each engine finds out in its own way.
      pick: (body: { OperatingSystem: string }) => body.OperatingSystem.replace(' (containerized)', ''),
    }),
    api('/info says that there is no swarm', 'GET', '/info', {
      pick: (body: { Swarm: unknown }) => body.Swarm,
    }),
    api('/info knows the plugins by kind', 'GET', '/info', {
      pick: (body: { Plugins: object }) => Object.keys(body.Plugins).toSorted(),
    }),
    api('/info has the runtimes', 'GET', '/info', {
      pick: (body: { Runtimes: object }) => 'runc' in body.Runtimes,
    }),
    api('/info has no data root of somebody else', 'GET', '/info', {
      pick: (body: { DockerRootDir: string }) => body.DockerRootDir,
    }),
    cli('docker info prints no error', ['info', '--format', '{{.ServerErrors}} {{.OSType}}']),
    api('an unknown path', 'GET', '/nothing/here'),
    api('an unknown path without a version', 'GET', '/nothing', { unversioned: true }),
    api('a wrong method', 'DELETE', '/version'),
    api('a slash too much', 'GET', '/version/'),
    newer(
      api('a version too new', 'GET', '/v1.99/version', { unversioned: true }),
      '28.5 speaks up to 1.51',
      { body: { message: 'client version 1.99 is too new. Maximum supported API version is 1.51' } },
    ),
    newer(
      api('a version too old', 'GET', '/v1.11/version', { unversioned: true }),
      '28.5 speaks from 1.24, and answers such a client in plain text',
      {
        type: 'text/plain; charset=utf-8',
        body: 'client version 1.11 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version\n',
      },
    ),
    api('OPTIONS of any path', 'OPTIONS', '/anything', { heads: ['content-length'] }),
    api('no swarm: services', 'GET', '/services'),
    api('no swarm: nodes', 'GET', '/nodes'),
    newer(
      api('an error body is JSON', 'GET', '/containers/nope/json', { heads: ['api-version', 'ostype'] }),
      'Api-Version is that of 28.5',
      { 'api-version': '1.51' },
    ),
    ...covering(
      'create: body',
      newer(
        custom('a body that is no JSON', async ({ engine }) => {
          const answer = await engine.request('POST', '/v1.41/containers/create', {
            body: '{"Image": b',
            headers: { 'Content-Type': 'application/json' },
          });
          return answer.status;
        }),
        "a body that can not be read is the client's fault since 25",
        400,
      ),
    ),
    ...covering(
      'create: body',
      newer(
        api('a JSON body without a content type', 'POST', '/containers/create', {
          body: '{"Image":"busybox"}',
        }),
        'the text of 28.5',
        { status: 400, body: { message: 'malformed Content-Type header (): mime: no media type' } },
      ),
    ),
    ...covering(
      'create: body',
      newer(
        api('a JSON body of another content type', 'POST', '/containers/create', {
          body: '{"Image":"busybox"}',
          headers: { 'Content-Type': 'text/plain' },
        }),
        'the text of 28.5',
        {
          status: 400,
          body: { message: "unsupported Content-Type header (text/plain): must be 'application/json'" },
        },
      ),
    ),
    newer(api('filters that are no JSON', 'GET', '/containers/json?filters=zz'), '28.5 has one text for it', {
      status: 400,
      body: { message: 'invalid filter' },
    }),
    ...covering(
      'GET /containers/json filter unknown',
      newer(
        api('an unknown filter', 'GET', `/containers/json?filters=${encodeURIComponent('{"zz":["1"]}')}`),
        'the text of 28.5',
        { status: 400, body: { message: "invalid filter 'zz'" } },
      ),
    ),
    api(
      'both encodings of filters: list',
      'GET',
      `/containers/json?filters=${encodeURIComponent('{"name":["zz"]}')}`,
    ),
    api(
      'both encodings of filters: map',
      'GET',
      `/containers/json?filters=${encodeURIComponent('{"name":{"zz":true}}')}`,
    ),
    api('a limit that is no number', 'GET', '/containers/json?limit=zz'),
    api('events with a time that is none', 'GET', '/events?since=zz&until=1'),
    custom('events of the past end at until', async ({ engine }) => {
      const answer = await engine.request('GET', '/v1.41/events?since=1&until=2');
      return { status: answer.status, type: answer.headers['content-type'], body: answer.text };
    }),
  ],
};
