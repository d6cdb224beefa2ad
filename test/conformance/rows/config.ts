// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../coverage/row.ts';

/** What the container is told to be: the top level of the create body. */
export const configSection: Section = {
  title: 'Config',
  rows: [
    row(
      'Config.Hostname',
      'the first twelve digits of the id by default; /etc/hostname, HOSTNAME and the UTS name',
    ),
    row('Config.Domainname', '`host.domain host` in /etc/hosts, and the NIS name of the UTS namespace'),
    row(
      'Config.User',
      'name or number with a group, looked up in the container; an unknown one fails at start, 128',
    ),
    row('Config.AttachStdin', 'kept as sent, with AttachStdout and AttachStderr'),
    row('Config.ExposedPorts', 'tcp, udp and sctp, united with those of the image'),
    row('Config.Tty', 'a terminal, one stream, TERM=xterm'),
    row('Config.OpenStdin', 'without it stdin ends at once'),
    row('Config.StdinOnce', 'stdin ends with the first client that was attached to it'),
    row('Config.Env', '`K=V`; `K` alone takes an inherited one away; without a name 400'),
    row('Config.Cmd', 'a string is one argument; null inherits'),
    row(
      'Config.Entrypoint',
      '`[""]` clears and is told as null; a set one drops the Cmd of the image; none at all is 400',
    ),
    row('Config.Healthcheck', 'zero fields are those of the image; NONE turns it off'),
    row('Config.ArgsEscaped', 'kept, of no effect'),
    row('Config.Image', 'as sent'),
    row('Config.Volumes', 'anonymous volumes; null stays null'),
    row('Config.WorkingDir', 'absolute, cleaned, made when missing; a file there is 500'),
    row('Config.NetworkDisabled', 'no network'),
    row('Config.MacAddress', 'told back, and the address of the interface'),
    row('Config.OnBuild', 'kept, always there'),
    row('Config.Labels', 'united with those of the image, never null'),
    row('Config.StopSignal', 'name or number; a bad one is 400; told as given'),
    row('Config.StopTimeout', 'seconds; 0 is kept'),
    row('Config.Shell', 'what CMD-SHELL runs'),
    row(
      'Config: keys left out',
      'ArgsEscaped, NetworkDisabled, MacAddress, StopSignal, StopTimeout, Shell and Healthcheck',
    ),
  ],
};
