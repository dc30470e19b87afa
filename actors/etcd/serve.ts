import type { Step } from "../../runtime/mod.ts";
import { answer, endCall, header } from "./front.ts";
import type { FrontData, Serve } from "./front_data.ts";
import type { EtcdCall, EtcdGone } from "./messages.ts";
import type { MethodPath, methods } from "./protocol/methods.ts";
import type { MessageName } from "./protocol/schema.ts";
import {
  serveMemberAdd,
  serveMemberList,
  serveMemberPromote,
  serveMemberRemove,
  serveMemberUpdate,
  serveMoveLeader,
} from "./serve_cluster.ts";
import { serveCompact, serveDeleteRange, servePut, serveRange, serveTxn } from "./serve_kv.ts";
import { serveGrant, serveKeepAlive, serveLeases, serveRevoke, serveTimeToLive } from "./serve_lease.ts";
import { serveAlarm, serveDefragment, serveHash, serveHashKv, serveStatus } from "./serve_maintenance.ts";
import { serveSnapshot } from "./serve_snapshot.ts";
import { refusal } from "./status.ts";
import { closeOne, createWatchCall, onWatchMessage } from "./watch_call.ts";

type Served = { readonly [Path in MethodPath]: Serve<(typeof methods)[Path]["request"]> };

const served: Served = {
  "/etcdserverpb.KV/Range": serveRange,
  "/etcdserverpb.KV/Put": servePut,
  "/etcdserverpb.KV/DeleteRange": serveDeleteRange,
  "/etcdserverpb.KV/Txn": serveTxn,
  "/etcdserverpb.KV/Compact": serveCompact,
  "/etcdserverpb.Watch/Watch": (data, { call, message }, step) => onWatchMessage({ data, step }, call, message),
  "/etcdserverpb.Lease/LeaseGrant": serveGrant,
  "/etcdserverpb.Lease/LeaseRevoke": serveRevoke,
  "/etcdserverpb.Lease/LeaseKeepAlive": serveKeepAlive,
  "/etcdserverpb.Lease/LeaseTimeToLive": serveTimeToLive,
  "/etcdserverpb.Lease/LeaseLeases": serveLeases,
  "/etcdserverpb.Cluster/MemberList": serveMemberList,
  "/etcdserverpb.Cluster/MemberAdd": serveMemberAdd,
  "/etcdserverpb.Cluster/MemberRemove": serveMemberRemove,
  "/etcdserverpb.Cluster/MemberUpdate": serveMemberUpdate,
  "/etcdserverpb.Cluster/MemberPromote": serveMemberPromote,
  "/etcdserverpb.Maintenance/Alarm": serveAlarm,
  "/etcdserverpb.Maintenance/Status": serveStatus,
  "/etcdserverpb.Maintenance/Defragment": serveDefragment,
  "/etcdserverpb.Maintenance/Hash": serveHash,
  "/etcdserverpb.Maintenance/HashKV": serveHashKv,
  "/etcdserverpb.Maintenance/Snapshot": serveSnapshot,
  "/etcdserverpb.Maintenance/MoveLeader": serveMoveLeader,
  // Who a client is its certificate says: there are no users and passwords.
  "/etcdserverpb.Auth/AuthStatus": (data, { call }, step) => answer({ data, step }, call, { header: header(data) }),
  "/etcdserverpb.Auth/Authenticate": (data, { call }, step) =>
    endCall(data, call, { step, status: refusal("failedPrecondition", "authentication is not enabled") }),
};

/** Calls that are under way at once; more are refused. */
const callsMax = 20_000;

/** Takes a message of a client. */
export function onCall(data: FrontData, { call: id, method, message }: EtcdCall, step: Step): void {
  let call = data.calls.get(id);
  if (!call) {
    const watch = method === "/etcdserverpb.Watch/Watch" ? createWatchCall() : undefined;
    call = { id, method, watch, waiting: 0, isHalf: false };
    data.calls.set(id, call);
  }
  if (data.calls.size > callsMax) {
    endCall(data, call, { step, status: tooMany });
    return;
  }
  call.waiting++;
  (served[method] as Serve<MessageName>)(data, { call, message: message as never }, step);
}

const tooMany = refusal("resourceExhausted", "too many requests");

/** The client of a call is gone, or has nothing more to say: then the call is over when all is answered. */
export function onGone(data: FrontData, { call: id, isHalf }: EtcdGone, step: Step): void {
  const call = data.calls.get(id);
  if (!call) return;
  call.isHalf = true;
  if (isHalf && !call.watch && call.waiting > 0) return;
  for (const watch of [...(call.watch?.byId.values() ?? [])]) closeOne(data, watch, step);
  if (isHalf) endCall(data, call, { step, status: "ok" });
  else data.calls.delete(id);
}
