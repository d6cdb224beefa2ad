// SPDX-License-Identifier: Apache-2.0
import { networkNamespacesContract } from './contract.ts';
import { createFakeNetworkNamespaces } from './fake.ts';

networkNamespacesContract('fake namespaces', () => {
  const namespaces = createFakeNetworkNamespaces();
  return { namespaces, folder: '/run/netns', whereAmI: () => namespaces.current() };
});
