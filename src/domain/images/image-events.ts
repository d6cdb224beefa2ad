// SPDX-License-Identifier: Apache-2.0
import type { ImageId } from '../../spec/digest.ts';
import type { EventPublisher } from '../events/index.ts';
import type { ImageIndex } from './image-index.ts';

/** Tells that `action` befell an image: `actor` is its id or a reference, the attributes are its labels and `name`. */
export const publishImageEvent = (
  { events, index }: { readonly events: EventPublisher; readonly index: ImageIndex },
  action: string,
  id: ImageId,
  { actor = String(id), name = String(id) } = {},
): void => {
  const labels = index.get(id)?.config.config.labels ?? {};
  events.publish({ type: 'image', action, actor, attributes: { ...labels, name } });
};
