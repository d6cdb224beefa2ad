// SPDX-License-Identifier: Apache-2.0
export type { HistoryEntry, Image } from './image.ts';
export type * from './images.ts';
