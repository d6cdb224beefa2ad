// SPDX-License-Identifier: Apache-2.0
export { createImages, type ImagesConfig, type ImagesDeps, type StartableImages } from './create-images.ts';
export type { HistoryEntry, Image } from './image.ts';
export type * from './images.ts';
export { layerUsage } from './layer-usage.ts';
export { packingOf, peekStream } from './packing.ts';
export { targetReference } from './tag.ts';
