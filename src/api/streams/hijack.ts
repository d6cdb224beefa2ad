// SPDX-License-Identifier: Apache-2.0
import { STATUS_CODES } from 'node:http';
import { isKind, messageOf } from '../../base/errors.ts';
import type { StreamSession } from '../../domain/containers/index.ts';
import { clientText, statusOf } from '../errors.ts';
import type { Exchange, HeaderList } from '../exchange.ts';
import type { Connection } from './connection.ts';
import { outputType, RAW_STREAM } from './media-type.ts';
import { frame } from './multiplex.ts';
import { OutputWriter } from './output-writer.ts';

const headerLines = (headers: HeaderList): string => {
  let text = '';
  for (let at = 0; at < headers.length; at += 2) text += `${headers[at]}: ${headers[at + 1]}\r\n`;
  return text;
};

/** The head of a taken-over connection, to the byte: 101 for who asked to upgrade, else 200. Source: Engine API, `ContainerAttach`. */
const rawHead = (exchange: Exchange, tty: boolean, headers: HeaderList): string => {
  if (!exchange.wantsUpgrade)
    return `HTTP/1.1 200 OK\r\nContent-Type: ${RAW_STREAM}\r\n${headerLines(headers)}\r\n`;
  const type = outputType(tty, exchange.api);
  return `HTTP/1.1 101 UPGRADED\r\nContent-Type: ${type}\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n${headerLines(headers)}\r\n`;
};

/** The error of an attach: bare bytes, whatever the client asked for. */
const rawError = (error: unknown): string => {
  const status = statusOf(error);
  const reason = STATUS_CODES[status] ?? '';
  return `HTTP/1.1 ${status} ${reason}\r\nContent-Type: ${RAW_STREAM}\r\n\r\n${clientText(error)}\r\n`;
};

/** Hands the client's bytes to the process. Its half-close ends the process's input, not the connection. */
const sendInput = async (connection: Connection, session: StreamSession): Promise<void> => {
  const { stdin } = session;
  try {
    for await (const chunk of connection.input()) if (stdin) await stdin.write(chunk);
  } catch {
    // The process no longer reads; what it still has to say goes on.
  }
  stdin?.end();
};

const sendOutput = async (connection: Connection, session: StreamSession): Promise<void> => {
  const writer = new OutputWriter(connection.output, !session.tty);
  try {
    for await (const { stream, data } of session.output) {
      const held = writer.write(stream, data);
      if (held) await held;
    }
  } catch (error) {
    if (isKind(error, 'cancelled')) return;
    writer.flush();
    const text = Buffer.from(`${messageOf(error)}\r\n`);
    await connection.write(session.tty ? text : frame('stdout', text));
  }
  writer.flush();
};

/** Answers with `head`, then joins the client's connection and the process's streams until the output ends or the client is gone. */
const join = async (connection: Connection, head: string, session: StreamSession): Promise<void> => {
  connection.onClose(() => session.close());
  try {
    await connection.write(head);
    void sendInput(connection, session);
    await sendOutput(connection, session);
  } finally {
    session.close();
    await connection.finish();
  }
};

/** Answers an exec: the session is there already, errors have been told as JSON. */
export const serveExec = (exchange: Exchange, session: StreamSession): Promise<void> =>
  join(exchange.hijack(), rawHead(exchange, session.tty, exchange.headers), session);

/** Answers an attach. An attach that fails says so in bare bytes and closes. */
export const serveAttach = async (
  exchange: Exchange,
  attach: () => Promise<StreamSession>,
): Promise<void> => {
  const connection = exchange.hijack();
  try {
    await exchange.skipBody();
    const session = await attach();
    await join(connection, rawHead(exchange, session.tty, []), session);
  } catch (error) {
    if (connection.hasAnswered) throw error;
    await connection.write(rawError(error));
    await connection.finish();
  }
};
