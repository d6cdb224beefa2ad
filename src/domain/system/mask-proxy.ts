// SPDX-License-Identifier: Apache-2.0

/** A proxy's address without the credentials in it. */
export const maskProxy = (address: string): string => address.replace(/\/\/[^/@]*@/, '//xxxxx:xxxxx@');
