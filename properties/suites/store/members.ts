import type { StoreData } from "../../../actors/store/data.ts";
import type { MemberRequest, MemberState, StoreAnswer } from "../../../actors/store/messages.ts";
import { everyone, isLearner } from "../../../actors/store/raft/configuration.ts";
import type { Address } from "../../../runtime/mod.ts";
import { checkLinearizable, type HistoryOperation, type SequentialModel } from "../../checkers/linearizability.ts";
import type { StoreClientData } from "./client.ts";

/** What was asked of the group's members, or of who they are at the end. */
type MembersInput = MemberRequest | { readonly type: "look" };

/** What came of it: who the group is made of then; or that it was refused. */
type MembersOutput = readonly MemberState[] | "refused";

/** A change of the group, or a try. */
export type MembersOperation = HistoryOperation<MemberRequest, StoreAnswer>;

/** Who the group is made of, in order, learners with a mark behind them. */
type Members = readonly string[];

/**
 * The members of a group as a client may think of them: one list, of which one change at a time is made, as a whole or not
 * at all. Why something is refused is not judged: it may be for what is under way.
 */
function membersModel(founders: readonly Address[]): SequentialModel<Members, MembersInput, MembersOutput> {
  return {
    partOf: () => "the group",
    initial: () => [...founders].sort(),
    keyOf: (members) => members.join(),
    step(members, input, output) {
      if (output === "refused") return [members];
      const next = input.type === "look" ? members : changed(members, input);
      // What cannot be done, and was perhaps not asked for in time, is not done.
      if (!next) return output === undefined ? [members] : [];
      return output === undefined || textOf(output) === next.join() ? [next] : [];
    },
  };
}

const learner = (id: Address) => `${id} (learner)`;

function textOf(members: readonly MemberState[]): string {
  const names = members.map(({ id, isLearner: learns }) => (learns ? learner(id) : id));
  return names.sort().join();
}

/** Undefined: it cannot be done. */
function changed(members: Members, { action, id }: MemberRequest): Members | undefined {
  const others = members.filter((each) => each !== id && each !== learner(id));
  const isThere = others.length < members.length;
  switch (action) {
    case "add":
      return isThere ? undefined : [...others, learner(id)].sort();
    case "promote":
      return members.includes(learner(id)) ? [...others, id].sort() : undefined;
    case "remove":
      return isThere ? others : undefined;
    case "transfer":
      return members;
  }
}

/** What there is to judge who the group was made of by. */
export interface MembersHistory {
  readonly founders: readonly Address[];
  readonly asked: readonly MembersOperation[];
  /** Whether somebody may have been asked twice for the same: then what is refused may be done all the same. */
  readonly isDoubled: boolean;
  /** As the leader has it at the end. */
  readonly members: readonly MemberState[];
  readonly endMs: number;
}

/** Whether one order of all changes explains what those who asked for them were told, and who is there at the end. */
export function judgeMembers({ founders, asked, isDoubled, members, endMs }: MembersHistory): string | undefined {
  const history = asked.map(({ input, output, callMs, returnMs }): HistoryOperation<MembersInput, MembersOutput> => {
    const isRefused = output?.type === "store.error";
    const told = output?.type === "store.member.ok" ? output.members : isRefused && !isDoubled ? "refused" : undefined;
    // A transfer is answered before it is done, and shows nothing of its own.
    return { input, output: input.action === "transfer" ? undefined : told, callMs, returnMs };
  });
  const look = { input: { type: "look" } as const, output: members, callMs: endMs, returnMs: endMs + 1 };
  const verdict = checkLinearizable(membersModel(founders), [...history, look], { stepsMax: 20_000 });
  if (verdict.ok !== false) return undefined;
  const { input, output, callMs } = verdict.stuckAt;
  const what = input.type === "look" ? "who is there at the end" : `${input.action} ${input.id} at ${callMs} ms`;
  return `no order of changes of the group explains ${what}: ${typeof output === "object" ? textOf(output) : output}`;
}

/** Whether a configuration is another than the one that somebody else had at that place of the log. */
export function strayedMembers(
  atIndex: Map<number, string>,
  { configuredIndex, configuration, self }: StoreData["raft"],
): string | undefined {
  if (configuredIndex === 0) return undefined;
  const is = JSON.stringify({ ...configuration, voters: [...configuration.voters].sort() });
  const was = atIndex.get(configuredIndex);
  if (was === undefined) atIndex.set(configuredIndex, is);
  return was === undefined || was === is
    ? undefined
    : `${self} takes the group for ${is} by the log up to entry ${configuredIndex}, which was taken for ${was} before`;
}

/** What a client asked of the group's members, also what is still under way: it may have been done. */
export function changesOf({ changes, asked }: Pick<StoreClientData, "changes" | "asked">): readonly MembersOperation[] {
  if (asked?.request.type !== "store.member") return changes;
  return [...changes, { input: asked.request, output: undefined, callMs: asked.callMs, returnMs: 0 }];
}

/** Who the group is made of as a replica has it. */
export function membersOf({ configuration }: StoreData["raft"]): readonly MemberState[] {
  return everyone(configuration).map((id) => ({ id, isLearner: isLearner(configuration, id) }));
}
