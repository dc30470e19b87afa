import { hash32, mix32, type Step } from "../../runtime/mod.ts";
import type { StatusAnswer } from "../store/messages.ts";
import { answer, askFor, endCall, header, memberId } from "./front.ts";
import type { At, Call, FrontData, Serve } from "./front_data.ts";
import { codes } from "./status.ts";

/** The version whose API this is: clients look what they may ask by it. */
const version = "3.5.21";
const [noSpaceAlarm, activate] = [1, 1];

/** Tells how the replica is that is asked. */
export const serveStatus: Serve<"StatusRequest"> = (data, { call }, step) => {
  askStatus({ data, step }, call, (status, later) => {
    const { cluster } = data;
    const { leader, liveBytes, historyBytes, alarms, rebuilding, members, self } = status;
    const errors = [
      ...alarms.map((alarm) => `memberID:${memberId(cluster, self)} alarm:${alarm} `),
      ...(leader === undefined ? ["etcdserver: no leader"] : []),
      ...(rebuilding === undefined ? [] : [`etcdserver: the replica is being rebuilt: ${rebuilding}`]),
    ];
    const told = {
      ...{ version, dbSize: liveBytes + historyBytes, dbSizeInUse: liveBytes, errors },
      ...{ raftIndex: status.lastIndex, raftTerm: status.term, raftAppliedIndex: status.appliedIndex },
      ...(leader === undefined ? {} : { leader: memberId(cluster, leader) }),
      isLearner: members.some(({ id, isLearner }) => id === self && isLearner),
    };
    answer({ data, step: later }, call, { header: header(data, status.revision), ...told });
  });
};

/** Lists alarms. The one for want of space ends by itself, so that there is nothing to disarm. */
export const serveAlarm: Serve<"AlarmRequest"> = (data, { call, message }, step) => {
  if (message.action === activate) {
    const details = "etcdserver: alarms are raised by the store alone";
    return endCall(data, call, { step, status: { code: codes.unimplemented, details } });
  }
  askStatus({ data, step }, call, ({ alarms, self, revision }, later) => {
    const memberID = memberId(data.cluster, self);
    const told = alarms.map(() => ({ memberID, alarm: noSpaceAlarm }));
    answer({ data, step: later }, call, { header: header(data, revision), alarms: told });
  });
};

/** There is nothing to do: the store is in memory, and its files are written anew as they grow. */
export const serveDefragment: Serve<"DefragmentRequest"> = (data, { call }, step) => {
  answer({ data, step }, call, { header: header(data) });
};

/** One number for all keys and their values. */
export const serveHash: Serve<"HashRequest"> = (data, { call }, step) => hashAt(data, { call, revision: 0 }, step);

/** The same as of a revision: replicas that hold the same tell the same. */
export const serveHashKv: Serve<"HashKVRequest"> = (data, { call, message: { revision } }, step) =>
  hashAt(data, { call, revision }, step);

function hashAt(data: FrontData, { call, revision }: { readonly call: Call; readonly revision: number }, step: Step) {
  const all = { type: "store.range", key: "\0", end: "\0", serializable: true } as const;
  const request = revision > 0 ? { ...all, revision } : all;
  askStatus({ data, step }, call, ({ compactedRevision }, then) => {
    askFor({ data, step: then }, { call, request, expect: "store.range.ok" }, (found, later) => {
      let hash = 0;
      for (const { key, value, modRevision } of found.kvs) {
        hash = mix32(mix32(hash, hash32(key)), mix32(hash32(value), modRevision));
      }
      const told = { hash, compact_revision: compactedRevision };
      answer({ data, step: later }, call, { header: header(data, found.revision), ...told });
    });
  });
}

/** Asks the replica that is asked now how it is. */
export function askStatus({ data, step }: At, call: Call, done: (status: StatusAnswer, step: Step) => void): void {
  askFor({ data, step }, { call, request: { type: "store.status" }, expect: "store.status.ok" }, (status, later) => {
    data.term = status.term;
    done(status, later);
  });
}
