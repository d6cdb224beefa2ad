// SPDX-License-Identifier: Apache-2.0
export type { EngineEvent, EventType, NewEvent } from './event.ts';
export { createEvents, type EventLog } from './event-log.ts';
export type * from './events.ts';
