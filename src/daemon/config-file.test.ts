// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfigFile, readConfigFile } from './config-file.ts';
import { parseFlags } from './flags.ts';

const complaint = (text: string, ...flags: string[]): string => {
  try {
    parseConfigFile(text, parseFlags(flags));
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

test('keys of the file are the options', () => {
  const text = JSON.stringify({
    hosts: ['unix:///x'],
    iptables: false,
    'log-opts': { 'max-size': '1m' },
    runtimes: { crun: { path: '/usr/bin/crun', runtimeArgs: ['--a'] } },
    proxies: { 'http-proxy': 'http://p' },
    'default-shm-size': '1G',
    'registry-mirrors': ['https://m'],
  });
  const settings = parseConfigFile(text, {});
  assert.deepEqual(settings.host, ['unix:///x']);
  assert.equal(settings.iptables, false);
  assert.equal(settings['http-proxy'], 'http://p');
  assert.equal(settings['default-shm-size'], 1024 ** 3);
  assert.deepEqual(settings['registry-mirror'], ['https://m/']);
  assert.deepEqual(settings['add-runtime']?.['crun']?.runtimeArgs, ['--a']);
});

test('an empty file is an empty object', () => {
  assert.deepEqual(parseConfigFile(' \n', {}), {});
});

test('a bad file is told in the words of dockerd', () => {
  assert.equal(
    complaint('{"foo":1,"bar":2}'),
    "the following directives don't match any configuration option: foo, bar",
  );
  assert.equal(
    complaint('{"debug":"x"}'),
    'json: cannot unmarshal string into Go struct field Config.debug of type bool',
  );
  assert.equal(complaint('{"debug":'), 'unexpected end of JSON input');
  assert.equal(complaint('{} {}'), "invalid character '{' after top-level value");
  assert.equal(
    complaint('{"hosts":["unix:///x"]}', '-H', 'unix:///y'),
    'the following directives are specified both as a flag and in the configuration file: hosts: (from flag: [unix:///y], from file: [unix:///x])',
  );
  assert.equal(
    complaint('{"features":{"cdi":false}}', '--feature', 'foo'),
    'the following directives are specified both as a flag and in the configuration file: features: (from flag: map[foo:true], from file: map[cdi:false])',
  );
  assert.equal(
    complaint('{"labels":["a"]}'),
    'merged configuration validation from file and command line flags failed: bad attribute format: a',
  );
  assert.equal(complaint('{"dns":["x"]}'), 'invalid IP address: x');
  assert.match(complaint('{"api-cors-header":"*"}'), /^DEPRECATED: The "api-cors-header"/);
});

test('a missing file matters when it was asked for', () => {
  assert.deepEqual(readConfigFile('/nowhere/daemon.json', false, {}), {});
  assert.throws(() => readConfigFile('/nowhere/daemon.json', true, {}), {
    message:
      'unable to configure the Docker daemon with file /nowhere/daemon.json: open /nowhere/daemon.json: no such file or directory',
  });
});
