/**
 * The messages of etcd's API, version 3: of each its fields, with number and type.
 *
 * - `int` a number; `id`, `uid` one of 64 bits with and without a sign, as text, for no number is that exact
 * - `key` bytes, a character each; `value` bytes as the store keeps them (`kit/byte_text.ts`)
 * - any other word is a message
 *
 * @see https://etcd.io/docs/v3.5/dev-guide/api_reference_v3/
 */
export const schema = {
  ResponseHeader: { cluster_id: [1, "uid"], member_id: [2, "uid"], revision: [3, "int"], raft_term: [4, "int"] },
  KeyValue: {
    key: [1, "key"],
    create_revision: [2, "int"],
    mod_revision: [3, "int"],
    version: [4, "int"],
    value: [5, "value"],
    lease: [6, "id"],
  },
  Event: { type: [1, "int"], kv: [2, "KeyValue"], prev_kv: [3, "KeyValue"] },
  RangeRequest: {
    key: [1, "key"],
    range_end: [2, "key"],
    limit: [3, "int"],
    revision: [4, "int"],
    sort_order: [5, "int"],
    sort_target: [6, "int"],
    serializable: [7, "bool"],
    keys_only: [8, "bool"],
    count_only: [9, "bool"],
    min_mod_revision: [10, "int"],
    max_mod_revision: [11, "int"],
    min_create_revision: [12, "int"],
    max_create_revision: [13, "int"],
  },
  RangeResponse: {
    header: [1, "ResponseHeader"],
    kvs: [2, "KeyValue", "many"],
    more: [3, "bool"],
    count: [4, "int"],
  },
  PutRequest: {
    key: [1, "key"],
    value: [2, "value"],
    lease: [3, "id"],
    prev_kv: [4, "bool"],
    ignore_value: [5, "bool"],
    ignore_lease: [6, "bool"],
  },
  PutResponse: { header: [1, "ResponseHeader"], prev_kv: [2, "KeyValue"] },
  DeleteRangeRequest: { key: [1, "key"], range_end: [2, "key"], prev_kv: [3, "bool"] },
  DeleteRangeResponse: { header: [1, "ResponseHeader"], deleted: [2, "int"], prev_kvs: [3, "KeyValue", "many"] },
  RequestOp: {
    request_range: [1, "RangeRequest"],
    request_put: [2, "PutRequest"],
    request_delete_range: [3, "DeleteRangeRequest"],
    request_txn: [4, "TxnRequest"],
  },
  ResponseOp: {
    response_range: [1, "RangeResponse"],
    response_put: [2, "PutResponse"],
    response_delete_range: [3, "DeleteRangeResponse"],
    response_txn: [4, "TxnResponse"],
  },
  Compare: {
    result: [1, "int"],
    target: [2, "int"],
    key: [3, "key"],
    version: [4, "int"],
    create_revision: [5, "int"],
    mod_revision: [6, "int"],
    value: [7, "value"],
    lease: [8, "id"],
    range_end: [64, "key"],
  },
  TxnRequest: {
    compare: [1, "Compare", "many"],
    success: [2, "RequestOp", "many"],
    failure: [3, "RequestOp", "many"],
  },
  TxnResponse: { header: [1, "ResponseHeader"], succeeded: [2, "bool"], responses: [3, "ResponseOp", "many"] },
  CompactionRequest: { revision: [1, "int"], physical: [2, "bool"] },
  CompactionResponse: { header: [1, "ResponseHeader"] },
  HashRequest: {},
  HashResponse: { header: [1, "ResponseHeader"], hash: [2, "int"] },
  HashKVRequest: { revision: [1, "int"] },
  HashKVResponse: { header: [1, "ResponseHeader"], hash: [2, "int"], compact_revision: [3, "int"] },
  SnapshotRequest: {},
  SnapshotResponse: { header: [1, "ResponseHeader"], remaining_bytes: [2, "int"], blob: [3, "key"] },
  WatchRequest: {
    create_request: [1, "WatchCreateRequest"],
    cancel_request: [2, "WatchCancelRequest"],
    progress_request: [3, "WatchProgressRequest"],
  },
  WatchCreateRequest: {
    key: [1, "key"],
    range_end: [2, "key"],
    start_revision: [3, "int"],
    progress_notify: [4, "bool"],
    filters: [5, "int", "many"],
    prev_kv: [6, "bool"],
    watch_id: [7, "int"],
    fragment: [8, "bool"],
  },
  WatchCancelRequest: { watch_id: [1, "int"] },
  WatchProgressRequest: {},
  WatchResponse: {
    header: [1, "ResponseHeader"],
    watch_id: [2, "int"],
    created: [3, "bool"],
    canceled: [4, "bool"],
    compact_revision: [5, "int"],
    cancel_reason: [6, "text"],
    fragment: [7, "bool"],
    events: [11, "Event", "many"],
  },
  LeaseGrantRequest: { TTL: [1, "int"], ID: [2, "id"] },
  LeaseGrantResponse: { header: [1, "ResponseHeader"], ID: [2, "id"], TTL: [3, "int"], error: [4, "text"] },
  LeaseRevokeRequest: { ID: [1, "id"] },
  LeaseRevokeResponse: { header: [1, "ResponseHeader"] },
  LeaseKeepAliveRequest: { ID: [1, "id"] },
  LeaseKeepAliveResponse: { header: [1, "ResponseHeader"], ID: [2, "id"], TTL: [3, "int"] },
  LeaseTimeToLiveRequest: { ID: [1, "id"], keys: [2, "bool"] },
  LeaseTimeToLiveResponse: {
    header: [1, "ResponseHeader"],
    ID: [2, "id"],
    TTL: [3, "int"],
    grantedTTL: [4, "int"],
    keys: [5, "key", "many"],
  },
  LeaseLeasesRequest: {},
  LeaseStatus: { ID: [1, "id"] },
  LeaseLeasesResponse: { header: [1, "ResponseHeader"], leases: [2, "LeaseStatus", "many"] },
  Member: {
    ID: [1, "uid"],
    name: [2, "text"],
    peerURLs: [3, "text", "many"],
    clientURLs: [4, "text", "many"],
    isLearner: [5, "bool"],
  },
  MemberAddRequest: { peerURLs: [1, "text", "many"], isLearner: [2, "bool"] },
  MemberAddResponse: { header: [1, "ResponseHeader"], member: [2, "Member"], members: [3, "Member", "many"] },
  MemberRemoveRequest: { ID: [1, "uid"] },
  MemberUpdateRequest: { ID: [1, "uid"], peerURLs: [2, "text", "many"] },
  MemberListRequest: { linearizable: [1, "bool"] },
  MemberPromoteRequest: { ID: [1, "uid"] },
  /** What all that change members, or list them, answer. */
  MembersResponse: { header: [1, "ResponseHeader"], members: [2, "Member", "many"] },
  DefragmentRequest: {},
  MoveLeaderRequest: { targetID: [1, "uid"] },
  /** Nothing but the header. */
  HeaderResponse: { header: [1, "ResponseHeader"] },
  AlarmRequest: { action: [1, "int"], memberID: [2, "uid"], alarm: [3, "int"] },
  AlarmMember: { memberID: [1, "uid"], alarm: [2, "int"] },
  AlarmResponse: { header: [1, "ResponseHeader"], alarms: [2, "AlarmMember", "many"] },
  StatusRequest: {},
  StatusResponse: {
    header: [1, "ResponseHeader"],
    version: [2, "text"],
    dbSize: [3, "int"],
    leader: [4, "uid"],
    raftIndex: [5, "int"],
    raftTerm: [6, "int"],
    raftAppliedIndex: [7, "int"],
    errors: [8, "text", "many"],
    dbSizeInUse: [9, "int"],
    isLearner: [10, "bool"],
  },
  AuthStatusRequest: {},
  AuthStatusResponse: { header: [1, "ResponseHeader"], enabled: [2, "bool"], authRevision: [3, "int"] },
  AuthenticateRequest: { name: [1, "text"], password: [2, "text"] },
  AuthenticateResponse: { header: [1, "ResponseHeader"], token: [2, "text"] },
} as const;

/** The name of a message. */
export type MessageName = keyof typeof schema;

interface Scalars {
  readonly int: number;
  readonly id: string;
  readonly uid: string;
  readonly bool: boolean;
  readonly key: string;
  readonly value: string;
  readonly text: string;
}

type One<Type> = Type extends keyof Scalars ? Scalars[Type] : Type extends MessageName ? Received<Type> : never;
type FieldsOf<Name extends MessageName> = (typeof schema)[Name];

/** A message that was read: what it did not say has its default; messages in it that were not there are absent. */
export type Received<Name extends MessageName> = {
  readonly [Field in keyof FieldsOf<Name> as FieldsOf<Name>[Field] extends readonly [number, MessageName]
    ? never
    : Field]: FieldsOf<Name>[Field] extends readonly [number, infer Type, "many"]
    ? readonly One<Type>[]
    : FieldsOf<Name>[Field] extends readonly [number, infer Type]
      ? One<Type>
      : never;
} & {
  readonly [Field in keyof FieldsOf<Name> as FieldsOf<Name>[Field] extends readonly [number, MessageName]
    ? Field
    : never]?: FieldsOf<Name>[Field] extends readonly [number, infer Type] ? One<Type> : never;
};

type OneGiven<Type> = Type extends keyof Scalars ? Scalars[Type] : Type extends MessageName ? Given<Type> : never;

/** A message to be written: what is absent has its default. */
export type Given<Name extends MessageName> = {
  readonly [Field in keyof FieldsOf<Name>]?: FieldsOf<Name>[Field] extends readonly [number, infer Type, "many"]
    ? readonly OneGiven<Type>[]
    : FieldsOf<Name>[Field] extends readonly [number, infer Type]
      ? OneGiven<Type>
      : never;
};
