// SPDX-License-Identifier: Apache-2.0
import net from 'node:net';

const HEAD_END = '\r\n\r\n';

// As little of HTTP as an engine's answers need, so that the client costs next to nothing: the answer is whole when
// as many bytes as announced have come, or the empty chunk has.
function answerLength(buffer: string): number {
  const head = buffer.indexOf(HEAD_END);
  if (head < 0) return -1;
  const announced = /\r\ncontent-length: (\d+)/i.exec(buffer.slice(0, head + 2));
  if (announced !== null) {
    const whole = head + 4 + Number(announced[1]);
    return buffer.length >= whole ? whole : -1;
  }
  const end = buffer.indexOf('\r\n0\r\n\r\n', head);
  return end < 0 ? -1 : end + 7;
}

function keepAsking(socketPath: string, request: string, until: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let answered = 0;
    let buffer = '';
    const socket = net.connect(socketPath, () => socket.write(request));
    socket.setEncoding('latin1');
    socket.on('error', reject);
    socket.on('close', () => resolve(answered));
    socket.on('data', (chunk: string) => {
      buffer += chunk;
      const length = answerLength(buffer);
      if (length < 0) return;
      buffer = buffer.slice(length);
      answered++;
      if (performance.now() < until) socket.write(request);
      else socket.destroy();
    });
  });
}

/** Requests per second that an engine answers on `connections` kept connections, one request at a time on each. */
export async function measureRate(
  socketPath: string,
  path: string,
  connections: number,
  duration: number,
): Promise<number> {
  const request = `GET ${path} HTTP/1.1\r\nHost: docker\r\n\r\n`;
  const began = performance.now();
  const counts = await Promise.all(
    Array.from({ length: connections }, () => keepAsking(socketPath, request, began + duration)),
  );
  return (counts.reduce((sum, count) => sum + count, 0) / (performance.now() - began)) * 1000;
}
