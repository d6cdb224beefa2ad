// SPDX-License-Identifier: Apache-2.0
import { runCommand } from './daemon/command.ts';

process.exit(await runCommand(process.argv.slice(2)));
