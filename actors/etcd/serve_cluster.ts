import type { Address, Step } from "../../runtime/mod.ts";
import { currentReplica } from "../client/store_client.ts";
import type { MemberRequest, MemberState, StatusAnswer, StoreAnswer } from "../store/messages.ts";
import { answer, endCall, header, memberId } from "./front.ts";
import type { At, Call, FrontData, Serve } from "./front_data.ts";
import type { Given } from "./protocol/schema.ts";
import { askStatus } from "./serve_maintenance.ts";
import { codes, refusal, statusOf } from "./status.ts";

/** The scheme of peers' URLs: replicas find each other by their addresses in the troupe. */
const peerScheme = "troupe://";
const changeTimeoutMs = 5_000;
const handOverTimeoutMs = 3_000;
const handOverLookMs = 100;

/** Lists the members. */
export const serveMemberList: Serve<"MemberListRequest"> = (data, { call }, step) => {
  askLeader({ data, step }, call, ({ members, revision }, later) => {
    answer({ data, step: later }, call, { header: header(data, revision), members: told(data, members) });
  });
};

/** Adds a learner. Its process is started by whoever runs the troupe. */
export const serveMemberAdd: Serve<"MemberAddRequest"> = (data, { call, message }, step) => {
  const [url = ""] = message.peerURLs;
  const id = url.slice(peerScheme.length);
  if (!url.startsWith(peerScheme) || !/^store\/\d+$/.test(id)) {
    const words = `Cannot add a member with peer URL "${url}": replicas are known by their addresses, such as ${peerScheme}store/3`;
    return endCall(data, call, { step, status: { code: codes.invalidArgument, details: words } });
  }
  if (!message.isLearner) {
    const words = "Cannot add a member that votes before it has the log: add it with --learner, then promote it";
    return endCall(data, call, { step, status: { code: codes.invalidArgument, details: words } });
  }
  change({ data, step }, { call, request: { type: "store.member", action: "add", id } }, (members, later) => {
    const [member = {}] = told(data, members).filter(({ ID }) => ID === memberId(data.cluster, id));
    answer({ data, step: later }, call, { header: header(data), member, members: told(data, members) });
  });
};

/** Removes a member. */
export const serveMemberRemove: Serve<"MemberRemoveRequest"> = (data, { call, message }, step) =>
  changeKnown(data, { call, action: "remove", member: message.ID }, step);

/** Gives a learner a vote. */
export const serveMemberPromote: Serve<"MemberPromoteRequest"> = (data, { call, message }, step) =>
  changeKnown(data, { call, action: "promote", member: message.ID }, step);

/** Members have no URLs that could change. */
export const serveMemberUpdate: Serve<"MemberUpdateRequest"> = (data, { call }, step) => {
  const details = "etcdserver: the addresses of members do not change, remove one and add another";
  endCall(data, call, { step, status: { code: codes.unimplemented, details } });
};

/** Has another member lead, and answers when it does. */
export const serveMoveLeader: Serve<"MoveLeaderRequest"> = (data, { call, message }, step) => {
  findMember({ data, step }, { call, member: message.targetID }, (id, { leader }, then) => {
    if (leader === id) return answer({ data, step: then }, call, { header: header(data) });
    const request: MemberRequest = { type: "store.member", action: "transfer", id };
    change({ data, step: then }, { call, request }, (_members, later) => {
      awaitLeader(data, { call, id, untilMs: later.uptimeMs + handOverTimeoutMs }, later);
    });
  });
};

function awaitLeader(
  data: FrontData,
  { call, id, untilMs }: { readonly call: Call; readonly id: Address; readonly untilMs: number },
  step: Step,
) {
  askStatus({ data, step }, call, ({ leader }, later) => {
    if (leader === id) return answer({ data, step: later }, call, { header: header(data) });
    if (later.uptimeMs >= untilMs) {
      const status = refusal("unavailable", "request timed out, leader transfer took too long");
      return endCall(data, call, { step: later, status });
    }
    data.looks.push((last) => awaitLeader(data, { call, id, untilMs }, last));
    later.timer(lookTimer, handOverLookMs);
  });
}

/** The timer that looks again at what was not yet as it should be. */
export const lookTimer = "look";

function changeKnown(
  data: FrontData,
  { call, action, member }: { readonly call: Call; readonly action: "remove" | "promote"; readonly member: string },
  step: Step,
) {
  findMember({ data, step }, { call, member }, (id, _status, then) => {
    change({ data, step: then }, { call, request: { type: "store.member", action, id } }, (members, later) => {
      answer({ data, step: later }, call, { header: header(data), members: told(data, members) });
    });
  });
}

/** Asks who leads how it is: a follower may not know yet who the group is made of. */
function askLeader({ data, step }: At, call: Call, done: (status: StatusAnswer, step: Step) => void) {
  askStatus({ data, step }, call, (status, then) => {
    const { leader, self } = status;
    if (leader === undefined || leader === self) return done(status, then);
    data.asks.wait<StoreAnswer>(then.ask(leader, { type: "store.status" }, changeTimeoutMs), (result, later) => {
      done(result.ok && result.value.type === "store.status.ok" ? result.value : status, later);
    });
  });
}

function findMember(
  { data, step }: At,
  { call, member }: { readonly call: Call; readonly member: string },
  done: (id: Address, status: StatusAnswer, step: Step) => void,
) {
  askLeader({ data, step }, call, (status, later) => {
    const found = status.members.find(({ id }) => memberId(data.cluster, id) === member);
    if (found) done(found.id, status, later);
    else endCall(data, call, { step: later, status: refusal("notFound", "member not found") });
  });
}

/** Has the leader change the group: who leads the replica that is asked now knows. */
function change(
  { data, step }: At,
  { call, request }: { readonly call: Call; readonly request: MemberRequest },
  done: (members: readonly MemberState[], step: Step) => void,
) {
  askStatus({ data, step }, call, ({ leader }, then) => {
    const to = leader ?? currentReplica(data.store);
    data.asks.wait<StoreAnswer>(then.ask(to, request, changeTimeoutMs), (result, later) => {
      if (!result.ok) {
        return endCall(data, call, { step: later, status: refusal("unavailable", "request timed out") });
      }
      const { value } = result;
      if (value.type === "store.member.ok") done(value.members, later);
      else if (value.type === "store.error") endCall(data, call, { step: later, status: statusOf(value) });
    });
  });
}

function told({ cluster, socket }: FrontData, members: readonly MemberState[]): readonly Given<"Member">[] {
  const clientURLs = socket ? [`https://${socket.host}:${socket.port}`] : [];
  return members.map(({ id, isLearner }) => {
    return { ID: memberId(cluster, id), name: id, peerURLs: [`${peerScheme}${id}`], clientURLs, isLearner };
  });
}
