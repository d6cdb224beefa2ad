// SPDX-License-Identifier: Apache-2.0
import type { CoverageDocument } from '../coverage/row.ts';
import { attachSection } from './attach.ts';
import { configSection } from './config.ts';
import { containerEndpoints } from './container-endpoints.ts';
import { createMatrix } from './create-matrix.ts';
import { execSection } from './exec.ts';
import { execEndpoints } from './exec-endpoints.ts';
import { healthSection } from './health.ts';
import { hostConfigSection } from './host-config.ts';
import { hostsSection } from './hosts.ts';
import { inspectSection } from './inspect.ts';
import { listSection } from './list.ts';
import { logDriverSection, logsSection } from './logs.ts';
import { nameSection } from './names.ts';
import { networkModeSection } from './network-mode.ts';
import { networkCoverage } from './networks.ts';
import { ociSection } from './oci.ts';
import { operationSection } from './operations.ts';
import { pitfallSection } from './pitfalls.ts';
import { restartSection } from './restart.ts';
import { exitCodeSection, stateSection } from './states.ts';
import { statsSection } from './stats.ts';
import { stopSection } from './stop.ts';
import { volumeCoverage } from './volumes.ts';

/** Everything of the container API: its fields, rules and verbs. */
export const containerCoverage: CoverageDocument = {
  title: 'Coverage of containers',
  file: 'docs/container-coverage.md',
  command: 'npm run containers:coverage',
  sections: [
    configSection,
    hostConfigSection,
    networkModeSection,
    nameSection,
    stateSection,
    exitCodeSection,
    restartSection,
    stopSection,
    healthSection,
    execSection,
    attachSection,
    logsSection,
    logDriverSection,
    statsSection,
    operationSection,
    listSection,
    inspectSection,
    ociSection,
    hostsSection,
    pitfallSection,
    containerEndpoints,
    createMatrix,
    execEndpoints,
  ],
};

/** All documents that the suite keeps. */
export const documents: readonly CoverageDocument[] = [containerCoverage, networkCoverage, volumeCoverage];
