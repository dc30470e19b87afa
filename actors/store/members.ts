import type { Mail, Step } from "../../runtime/mod.ts";
import type { StoreData } from "./data.ts";
import type { MemberAnswer, MemberRequest, MemberState, StoreError } from "./messages.ts";
import { everyone, isLearner, isVoter } from "./raft/configuration.ts";
import type { MemberChange } from "./raft/configuration_change.ts";
import { core } from "./raft/core.ts";
import { changeOf, type Entry } from "./raft/entry.ts";
import type { Raft } from "./raft/raft.ts";
import type { RaftRequest } from "./raft/requests.ts";
import { isInStep, isStarted } from "./raft/view.ts";

/** Who asked for a change of the group, by the change's context. */
export type MemberAsks = Map<string, Pick<Mail, "from" | "ask">>;

const asksMax = 100;
/** As etcd's: of each of them the leader has to send the log. */
const learnersMax = 1;

/** Who a group is made of. */
export function everyMember({ configuration }: Raft): readonly MemberState[] {
  return everyone(configuration).map((id) => ({ id, isLearner: isLearner(configuration, id) }));
}

/** Puts a change of the group into the log, or hands leadership over; says at once why not. */
export function onMember(data: StoreData, mail: Mail<MemberRequest>, step: Step): void {
  const { raft, memberAsks } = data;
  const { action, id } = mail.body;
  const why = whyNot(raft, mail.body);
  if (why !== undefined) {
    refuseMember(mail, why, step);
    return;
  }
  const context = `${data.life} ${step.nextId()}`;
  const request: RaftRequest =
    action === "transfer"
      ? { type: "transfer", to: id }
      : { type: "change", change: { transition: "auto", changes: [{ do: doing[action], id }], context } };
  const refusal = core.step(raft, { from: raft.self, body: request }, step);
  if (refusal) {
    refuseMember(mail, { code: "refused", message: `etcdserver: ${refusal.why}` }, step);
    return;
  }
  if (action === "transfer") {
    step.reply(mail, answerOf(data));
    return;
  }
  memberAsks.set(context, mail);
  const [oldest] = memberAsks.keys();
  if (memberAsks.size > asksMax && oldest !== undefined) memberAsks.delete(oldest);
}

/** A change of the group is committed: who asked for it here is told. */
export function onChanged(data: StoreData, entry: Entry, step: Step): void {
  const { context } = changeOf(entry);
  const mail = data.memberAsks.get(context);
  if (!mail) return;
  data.memberAsks.delete(context);
  step.reply(mail, answerOf(data));
}

const doing: { readonly [Action in Exclude<MemberRequest["action"], "transfer">]: MemberChange["do"] } = {
  add: "addLearner",
  promote: "addVoter",
  remove: "remove",
};

function answerOf({ raft, keyspace }: StoreData): MemberAnswer {
  return { type: "store.member.ok", revision: keyspace.revision, members: everyMember(raft) };
}

type Why = Pick<StoreError, "code" | "message">;

/** What etcd refuses before Raft is asked, in its words. */
function whyNot(raft: Raft, { action, id }: MemberRequest): Why | undefined {
  const { configuration, role } = raft;
  const refused = (words: string): Why => ({ code: "refused", message: `etcdserver: ${words}` });
  if (role !== "leader") return { code: "unavailable", message: "etcdserver: not leader" };
  const isMember = everyone(configuration).includes(id);
  if (action === "add") {
    if (isMember) return refused("member ID already exist");
    return configuration.learners.length >= learnersMax ? refused("too many learner members in cluster") : undefined;
  }
  if (!isMember) return refused("member not found");
  if (action === "promote") {
    if (!isLearner(configuration, id)) return refused("can only promote a learner member");
    return isInStep(raft, id) ? undefined : refused("can only promote a learner member which is in sync with leader");
  }
  if (action === "remove" && isVoter(configuration, id) && !isSafeWithout(raft, id)) {
    return refused("re-configuration failed due to not enough started members");
  }
  return undefined;
}

/** Whether a majority of those who are left is there. */
function isSafeWithout(raft: Raft, id: string): boolean {
  const left = raft.configuration.voters.filter((voter) => voter !== id);
  return left.length > 0 && left.filter((voter) => isStarted(raft, voter)).length > left.length / 2;
}

function refuseMember(mail: Mail, { code, message }: Why, step: Step): void {
  step.reply(mail, { type: "store.error", code, message } satisfies StoreError);
}
