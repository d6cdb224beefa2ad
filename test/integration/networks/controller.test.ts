// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { docker, useEngine } from '../../support/use-engine.ts';

interface NetworkBody {
  readonly Id: string;
  readonly Name: string;
  readonly IPAM: { readonly Config: readonly Readonly<Record<string, string>>[] };
}

describe('networks that users make', () => {
  const engine = useEngine();
  const inspect = async (name: string): Promise<NetworkBody> =>
    (JSON.parse(await docker(engine(), ['network', 'inspect', name])) as NetworkBody[])[0] ??
    assert.fail(name);
  const refusal = async (args: readonly string[]): Promise<string> => {
    const { code, stderr } = await engine().docker(['network', ...args]);
    assert.notEqual(code, 0);
    return stderr.trim();
  };
  const devices = async (): Promise<string> =>
    (await engine().netns.run(['ip', '-o', 'link', 'show', 'type', 'bridge'])).stdout;

  it('are created, shown, listed and removed, and their bridge comes and goes with them', async () => {
    const id = await docker(engine(), ['network', 'create', '--label', 'a=b', 'one']);
    const one = await inspect('one');
    assert.equal(one.Id, id);
    assert.deepEqual(one.IPAM.Config, [{ Subnet: '172.18.0.0/16', Gateway: '172.18.0.1' }]);
    assert.ok((await devices()).includes(`br-${id.slice(0, 12)}`));
    const list = ['network', 'ls', '--format', '{{.Name}}', '--filter'];
    assert.equal(await docker(engine(), [...list, 'label=a=b']), 'one');
    assert.equal(await docker(engine(), [...list, 'type=custom']), 'one');
    assert.equal(await docker(engine(), [...list, 'dangling=true']), 'one');
    assert.equal(await docker(engine(), ['network', 'rm', id.slice(0, 8)]), id.slice(0, 8));
    assert.ok(!(await devices()).includes('br-'));
  });

  it('have the subnet, range and gateway that they are given', async () => {
    await docker(engine(), [
      ...['network', 'create', '--subnet', '10.9.0.0/16', '--ip-range', '10.9.5.0/24'],
      ...['--gateway', '10.9.0.9', '--aux-address', 'x=10.9.5.0', 'given'],
    ]);
    const { IPAM } = await inspect('given');
    assert.deepEqual(IPAM.Config, [
      {
        Subnet: '10.9.0.0/16',
        IPRange: '10.9.5.0/24',
        Gateway: '10.9.0.9',
        AuxiliaryAddresses: { x: '10.9.5.0' },
      },
    ]);
    assert.match(
      await refusal(['create', '--subnet', '10.9.9.0/24', 'other']),
      /invalid pool request: Pool overlaps with other one on this address space$/m,
    );
    await docker(engine(), ['network', 'rm', 'given']);
  });

  it("are refused in Docker's words", async () => {
    await docker(engine(), ['network', 'create', 'taken']);
    assert.match(await refusal(['create', 'taken']), /network with name taken already exists$/m);
    assert.match(
      await refusal(['create', 'bridge']),
      /operation is not permitted on predefined bridge network$/,
    );
    assert.match(await refusal(['rm', 'host']), /host is a pre-defined network and cannot be removed$/m);
    assert.match(await refusal(['rm', 'nope']), /network nope not found$/m);
    assert.match(await refusal(['create', '-d', 'strange', 'x']), /plugin "strange" not found$/m);
    assert.match(
      await refusal(['create', '--subnet', '10.1.2.3/16', 'x']),
      /invalid subnet 10.1.2.3\/16: it should be 10.1.0.0\/16$/m,
    );
    await docker(engine(), ['network', 'prune', '-f']);
    assert.equal(await docker(engine(), ['network', 'ls', '-q', '--filter', 'type=custom']), '');
  });
});
