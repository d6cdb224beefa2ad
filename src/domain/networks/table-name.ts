// SPDX-License-Identifier: Apache-2.0

/**
 * The engine's table in nftables, named for its default bridge: two engines in one network namespace have different
 * bridges, and one engine finds its own table again after a restart. The engine without one shares nothing with those.
 */
export const tableName = (bridge: string): string => `berth-${bridge === '' ? 'docker0' : bridge}`;
