// SPDX-License-Identifier: Apache-2.0
import { hostPortsContract } from './contract.ts';
import { createFakeHostPorts } from './fake.ts';

hostPortsContract('fake host ports', () => ({ ports: createFakeHostPorts(), port: 8080 }));
