// SPDX-License-Identifier: Apache-2.0
import { EngineError } from '../../../base/errors.ts';
import { parseIpPrefix } from '../../../spec/ip.ts';
import type { NetworkDraft, NetworkDriver, NetworkDriverDeps, NetworkPlan } from '../network-driver.ts';
import type { Network } from '../networks.ts';
import type { PlanSubnetsContext } from '../plan-subnets.ts';
import { OnParentNetwork, type OnParentLinks } from './on-parent-network.ts';
import { type OnParentKind, ensureParent, ownParentName } from './parent-link.ts';
import { planOnParentSubnets } from './plan-on-parent-subnets.ts';
import type { StoredOnParent } from './stored-on-parent.ts';

const DRIVER_MTU = 'com.docker.network.driver.mtu';

/** What a client chose by its options. */
export interface OnParentOptions {
  readonly mode: string;
  readonly flag?: string;
  /** There is no router for what leaves. */
  readonly routesByLink: boolean;
}

/** What one kind of networks on a parent does in its own way. */
export interface OnParentKindRules {
  readonly kind: OnParentKind;
  /** @throws internal in Docker's words */
  readOptions(options: Readonly<Record<string, string>>): OnParentOptions;
  /** Refuses a parent that `others` of the kind have. @throws internal in Docker's words */
  checkSharing(mode: string, parent: string, others: readonly OnParentNetwork[]): void;
  linksOf(settings: StoredOnParent): OnParentLinks;
  /** What a client should know of this host. */
  warnings(deps: NetworkDriverDeps): readonly string[];
}

/** dockerd does not look at the option, so whatever is no number of bytes has no effect. */
const mtuOf = (text = ''): number => (/^[1-9]\d{0,4}$/.test(text) ? Number(text) : 0);

const othersOn = (
  { active }: NetworkDriverDeps,
  kind: OnParentKind,
  parent: string,
  except?: Network,
): readonly OnParentNetwork[] =>
  [...active.values()]
    .filter((one) => one instanceof OnParentNetwork)
    .filter((one) => one.kind === kind && one.settings.parent === parent && one.network.id !== except?.id);

const plan = (
  deps: NetworkDriverDeps,
  rules: OnParentKindRules,
  draft: NetworkDraft,
  context: PlanSubnetsContext,
): NetworkPlan => {
  const { options, internal } = draft.request;
  const { routesByLink, ...chosen } = rules.readOptions(options);
  const asked = options['parent'] ?? '';
  if (asked === 'lo')
    throw new EngineError('internal', `loopback interface is not a valid ${rules.kind} parent link`);
  const isInternal = internal || asked === '';
  const { subnets, shown } = planOnParentSubnets(draft, !isInternal && !routesByLink, context);
  const network = draft.network(shown);
  const parent = asked === '' ? ownParentName(rules.kind, network.id) : asked;
  const others = othersOn(deps, rules.kind, parent);
  rules.checkSharing(chosen.mode, parent, others);
  const ownsParent =
    deps.host.link(parent) === undefined || others.some(({ settings }) => settings.ownsParent);
  const mtu = mtuOf(options[DRIVER_MTU]);
  const onParent: StoredOnParent = { parent, ownsParent, ...chosen, mtu, isInternal, subnets };
  return {
    network,
    onParent,
    subnets: subnets.flatMap(({ subnet }) => parseIpPrefix(subnet) ?? []),
    warnings: rules.warnings(deps),
  };
};

/** Networks whose containers have links on a link of the host. */
export const createOnParentDriver = (deps: NetworkDriverDeps, rules: OnParentKindRules): NetworkDriver => {
  const removals = new Map<string, Promise<void>>();
  return {
    plan: (draft, context) => {
      // A client may name a VLAN that is still on its way out.
      const leaving = removals.get(draft.request.options['parent'] ?? '');
      return leaving
        ? leaving.then(() => plan(deps, rules, draft, context))
        : plan(deps, rules, draft, context);
    },
    bringUp: ({ network, onParent }) => {
      if (!onParent) throw new EngineError('internal', `network ${network.name} has no parent on record`);
      // One that is not ours may come later: containers cannot start until then.
      if (onParent.ownsParent) ensureParent(deps.host, rules.kind, network.id, onParent.parent);
      return new OnParentNetwork(deps, network, onParent, rules.linksOf(onParent));
    },
    tearDown: async ({ network, onParent }) => {
      if (!onParent?.ownsParent) return;
      const { parent } = onParent;
      if (othersOn(deps, rules.kind, parent, network).length > 0) return;
      const removal = deps.remover.remove(parent);
      removals.set(
        parent,
        removal.catch(() => undefined),
      );
      await removal.finally(() => removals.delete(parent));
    },
  };
};
