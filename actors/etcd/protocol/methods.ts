import type { MessageName } from "./schema.ts";

/** A method of the API: what it is asked with, and what it answers. */
export interface Method {
  readonly request: MessageName;
  readonly response: MessageName;
}

const kv = "/etcdserverpb.KV/";
const lease = "/etcdserverpb.Lease/";
const cluster = "/etcdserverpb.Cluster/";
const maintenance = "/etcdserverpb.Maintenance/";
const auth = "/etcdserverpb.Auth/";

/** All methods that are served, by their paths. */
export const methods = {
  [`${kv}Range`]: { request: "RangeRequest", response: "RangeResponse" },
  [`${kv}Put`]: { request: "PutRequest", response: "PutResponse" },
  [`${kv}DeleteRange`]: { request: "DeleteRangeRequest", response: "DeleteRangeResponse" },
  [`${kv}Txn`]: { request: "TxnRequest", response: "TxnResponse" },
  [`${kv}Compact`]: { request: "CompactionRequest", response: "CompactionResponse" },
  "/etcdserverpb.Watch/Watch": { request: "WatchRequest", response: "WatchResponse" },
  [`${lease}LeaseGrant`]: { request: "LeaseGrantRequest", response: "LeaseGrantResponse" },
  [`${lease}LeaseRevoke`]: { request: "LeaseRevokeRequest", response: "LeaseRevokeResponse" },
  [`${lease}LeaseKeepAlive`]: { request: "LeaseKeepAliveRequest", response: "LeaseKeepAliveResponse" },
  [`${lease}LeaseTimeToLive`]: { request: "LeaseTimeToLiveRequest", response: "LeaseTimeToLiveResponse" },
  [`${lease}LeaseLeases`]: { request: "LeaseLeasesRequest", response: "LeaseLeasesResponse" },
  [`${cluster}MemberList`]: { request: "MemberListRequest", response: "MembersResponse" },
  [`${cluster}MemberAdd`]: { request: "MemberAddRequest", response: "MemberAddResponse" },
  [`${cluster}MemberRemove`]: { request: "MemberRemoveRequest", response: "MembersResponse" },
  [`${cluster}MemberUpdate`]: { request: "MemberUpdateRequest", response: "MembersResponse" },
  [`${cluster}MemberPromote`]: { request: "MemberPromoteRequest", response: "MembersResponse" },
  [`${maintenance}Alarm`]: { request: "AlarmRequest", response: "AlarmResponse" },
  [`${maintenance}Status`]: { request: "StatusRequest", response: "StatusResponse" },
  [`${maintenance}Defragment`]: { request: "DefragmentRequest", response: "HeaderResponse" },
  [`${maintenance}Hash`]: { request: "HashRequest", response: "HashResponse" },
  [`${maintenance}HashKV`]: { request: "HashKVRequest", response: "HashKVResponse" },
  [`${maintenance}Snapshot`]: { request: "SnapshotRequest", response: "SnapshotResponse" },
  [`${maintenance}MoveLeader`]: { request: "MoveLeaderRequest", response: "HeaderResponse" },
  [`${auth}AuthStatus`]: { request: "AuthStatusRequest", response: "AuthStatusResponse" },
  [`${auth}Authenticate`]: { request: "AuthenticateRequest", response: "AuthenticateResponse" },
} as const satisfies Readonly<Record<string, Method>>;

/** The path of a method, such as `/etcdserverpb.KV/Range`. */
export type MethodPath = keyof typeof methods & string;
