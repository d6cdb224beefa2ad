// SPDX-License-Identifier: Apache-2.0
import { type DescMessage, type MessageShape, create, toBinary } from '@bufbuild/protobuf';
import { type Any, AnySchema, type Timestamp as ProtoTimestamp } from '@bufbuild/protobuf/wkt';
import { stringify } from '../../base/json.ts';
import { type Timestamp, fromUnix } from '../../base/time.ts';

/** Type names of OCI runtime-spec values, which travel as JSON inside an `Any`. */
export type OciType = 'Spec' | 'Process' | 'LinuxResources';

/** An OCI runtime-spec value for containerd. */
export const ociAny = (type: OciType, value: object): Any =>
  create(AnySchema, {
    typeUrl: `types.containerd.io/opencontainers/runtime-spec/1/${type}`,
    value: Buffer.from(stringify(value)),
  });

/** A protobuf message for containerd, which wants the type's bare name as the URL. */
export const messageAny = <Schema extends DescMessage>(schema: Schema, message: MessageShape<Schema>): Any =>
  create(AnySchema, { typeUrl: schema.typeName, value: toBinary(schema, message) });

/** The moment a protobuf timestamp means; `undefined` for an absent one and for Go's zero time. */
export const momentOf = (stamp: ProtoTimestamp | undefined): Timestamp | undefined =>
  stamp === undefined || stamp.seconds < 0n ? undefined : fromUnix(stamp.seconds, stamp.nanos);
