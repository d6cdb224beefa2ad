// SPDX-License-Identifier: Apache-2.0
import { row, type Section } from '../coverage/row.ts';

/** The requests of the container group. */
export const containerEndpoints: Section = {
  title: 'Requests: containers',
  rows: [
    row('GET /containers/json', 'all, limit, size, filters; since and before are ignored'),
    row('POST /containers/create', 'name, platform, the body'),
    row('GET /containers/{id}/json', 'size'),
    row('GET /containers/{id}/top', 'ps_args; 409 when not running'),
    row('GET /containers/{id}/logs', 'follow, stdout, stderr, since, until, timestamps, tail, details'),
    row('GET /containers/{id}/changes', 'null when there are none'),
    row('GET /containers/{id}/export', 'a tar'),
    row('GET /containers/{id}/stats', 'stream, one-shot'),
    row('POST /containers/{id}/resize', 'h and w; bad ones 400'),
    row('POST /containers/{id}/start', '304, 400 for a body, 409'),
    row('POST /containers/{id}/stop', 't, signal; 304'),
    row('POST /containers/{id}/restart', 't, signal'),
    row('POST /containers/{id}/kill', 'signal; 400, 404, 409'),
    row('POST /containers/{id}/update', 'resources and policy'),
    row('POST /containers/{id}/rename', 'name'),
    row('POST /containers/{id}/pause', '204, 409'),
    row('POST /containers/{id}/unpause', '204, 500'),
    row('POST /containers/{id}/attach', 'stream, stdin, stdout, stderr, logs, detachKeys'),
    row('GET /containers/{id}/attach/ws', 'the same over a websocket'),
    row('POST /containers/{id}/wait', 'condition; headers at once'),
    row('DELETE /containers/{id}', 'v, force, link'),
    row('HEAD /containers/{id}/archive', 'the stat of a path'),
    row('GET /containers/{id}/archive', 'a tar; packed when asked for'),
    row('PUT /containers/{id}/archive', 'noOverwriteDirNonDir, copyUIDGID; packed ones too'),
    row('POST /containers/prune', 'filters'),
    row('POST /commit', 'container, repo, tag, comment, author, pause, changes'),
    row('GET /containers/{id}/checkpoints', 'experimental'),
    row('POST /containers/{id}/checkpoints', 'experimental'),
    row('DELETE /containers/{id}/checkpoints/{checkpoint}', 'experimental'),
  ],
};
