// SPDX-License-Identifier: Apache-2.0
import type { Container, ContainerView } from '../../domain/containers/index.ts';
import type { ApiVersion } from '../version.ts';
import { statusText } from './container-state.ts';
import { type ListedAt, listedParts } from './containers.ts';

/** A row's text around its status, and all that it was made of beside the container. */
interface Rendered {
  readonly api: ApiVersion;
  readonly image: string;
  readonly endpoints: unknown;
  readonly ports: unknown;
  readonly before: string;
  readonly behind: string;
}

const render = (view: ContainerView, { api }: ListedAt, image: string): Rendered => {
  const [before, behind] = listedParts(view, { api, imageName: () => image });
  return {
    api,
    image,
    endpoints: view.sandbox?.endpoints,
    ports: view.sandbox?.ports,
    before: `${JSON.stringify(before).slice(0, -1)},"Status":`,
    behind: `,${JSON.stringify(behind).slice(1)}`,
  };
};

const isOf = (
  rendered: Rendered | undefined,
  { sandbox }: ContainerView,
  api: ApiVersion,
  image: string,
): rendered is Rendered =>
  rendered !== undefined &&
  rendered.api === api &&
  rendered.image === image &&
  rendered.endpoints === sandbox?.endpoints &&
  rendered.ports === sandbox?.ports;

/**
 * The rows of container lists as JSON text. A container's record is replaced when it changes, and so are the endpoints and
 * ports of its sandbox: a text that was made of the same ones still holds. The status alone tells the time.
 */
export class ListedContainers {
  readonly #rendered = new WeakMap<Container, Rendered>();

  /** Engine API, `ContainerSummary[]`. */
  text(views: readonly ContainerView[], at: ListedAt): string {
    return `[${views.map((view) => this.#row(view, at)).join(',')}]`;
  }

  #row(view: ContainerView, at: ListedAt): string {
    const { before, behind } = this.#around(view, at);
    return before + JSON.stringify(statusText(view.container, at.moment)) + behind;
  }

  #around(view: ContainerView, at: ListedAt): Rendered {
    const { container, sizes, names } = view;
    const image = at.imageName(container);
    // Sizes are measured anew each time; names that others gave are not part of the record.
    if (sizes !== undefined || names !== undefined) return render(view, at, image);
    const known = this.#rendered.get(container);
    if (isOf(known, view, at.api, image)) return known;
    const rendered = render(view, at, image);
    this.#rendered.set(container, rendered);
    return rendered;
  }
}
