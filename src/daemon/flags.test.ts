// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseFlags } from './flags.ts';
import { helpText } from './help.ts';

const complaint = (...args: string[]): string => {
  try {
    parseFlags(args);
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

test('every form of a flag is read', () => {
  assert.deepEqual(
    parseFlags(['-D', '-l', 'warn', '-H=unix:///a', '-Hunix:///b', '--host', 'tcp://:1', '--group=g']),
    {
      debug: true,
      'log-level': 'warn',
      host: ['unix:///a', 'unix:///b', 'tcp://:1'],
      group: 'g',
    },
  );
});

test('switches take their value only after an equals sign', () => {
  assert.deepEqual(parseFlags(['--iptables=false', '--debug=true', '-Dl', 'info']), {
    iptables: false,
    debug: true,
    'log-level': 'info',
  });
});

test('maps, ulimits, runtimes and pools are read item by item', () => {
  const args = ['--log-opt', 'max-size=1m', '--log-opt', 'max-file=2', '--default-ulimit', 'nofile=1:2'];
  args.push('--add-runtime', 'crun=/usr/bin/crun', '--default-address-pool', 'base=10.0.0.0/16,size=24');
  const settings = parseFlags([...args, '--default-shm-size', '1g', '--feature', 'cdi=false']);
  assert.deepEqual(settings['log-opt'], { 'max-size': '1m', 'max-file': '2' });
  assert.deepEqual(settings['default-ulimit'], { nofile: { name: 'nofile', soft: 1, hard: 2 } });
  assert.equal(settings['add-runtime']?.['crun']?.path, '/usr/bin/crun');
  assert.deepEqual(settings['default-address-pool'], [{ base: '10.0.0.0/16', size: 24 }]);
  assert.equal(settings['default-shm-size'], 1024 ** 3);
  assert.deepEqual(settings.feature, { cdi: false });
});

test('a bad command line is told in the words of dockerd', () => {
  const see = "\nSee 'berthd --help'., Code: 125";
  assert.equal(complaint('--foo'), `Status: unknown flag: --foo${see}`);
  assert.equal(complaint('-x'), `Status: unknown shorthand flag: 'x' in -x${see}`);
  assert.equal(complaint('--host'), `Status: flag needs an argument: --host${see}`);
  assert.equal(complaint('-H'), `Status: flag needs an argument: 'H' in -H${see}`);
  assert.equal(
    complaint('--label', 'a'),
    `Status: invalid argument "a" for "--label" flag: bad attribute format: a${see}`,
  );
  assert.equal(
    complaint('-D=x'),
    `Status: invalid argument "x" for "-D, --debug" flag: strconv.ParseBool: parsing "x": invalid syntax${see}`,
  );
  assert.equal(
    complaint('-H', 'foo://x'),
    `Status: invalid argument "foo://x" for "-H, --host" flag: invalid bind address (foo://x): unsupported proto 'foo'${see}`,
  );
  assert.equal(
    complaint('--add-runtime', 'runc=/x'),
    `Status: invalid argument "runc=/x" for "--add-runtime" flag: runtime name 'runc' is reserved${see}`,
  );
  assert.match(complaint('pull'), /^"berthd" accepts no arguments\./);
});

test('--help names every flag', () => {
  const help = helpText();
  assert.match(help, / {2}-D, --debug {2,}Log at debug level/);
  assert.match(help, /--metrics-addr string .*\(no effect yet\)/);
  assert.doesNotMatch(help, /--builder/);
});
