import type { Address } from "../../../runtime/mod.ts";
import { numberField, readFields, textField } from "../log/fields.ts";
import { type Configuration, isJoint, isLearner, isVoter, readId } from "./configuration.ts";

/** What is to become of one replica: a voter (new, or promoted), a learner (new, or demoted), or no part of the group. */
export interface MemberChange {
  readonly do: "addVoter" | "addLearner" | "remove";
  readonly id: Address;
}

/**
 * What an entry of the log does to the configuration, as etcd's ConfChangeV2.
 *
 * - `auto`: one change is carried out at once, several by joint consensus, which is left by itself; without changes it
 *   leaves a joint configuration
 * - `implicit`: by joint consensus, which is left by itself
 * - `explicit`: by joint consensus, which lasts until somebody leaves it
 */
export interface ConfigurationChange {
  readonly transition: "auto" | "implicit" | "explicit";
  readonly changes: readonly MemberChange[];
  /** Whatever the proposer wants to find it by. */
  readonly context: string;
}

/** The configuration that comes of a change, or why it must not be. */
export type Changed =
  | { readonly ok: true; readonly configuration: Configuration }
  | { readonly ok: false; readonly why: string };

/** The change that leaves a joint configuration. */
export const leave: ConfigurationChange = { transition: "auto", changes: [], context: "" };

/** Whether it leaves a joint configuration. */
export function isLeaving({ transition, changes }: ConfigurationChange): boolean {
  return transition === "auto" && changes.length === 0;
}

/** Carries a change out by the way that it names. */
export function changed(configuration: Configuration, change: ConfigurationChange): Changed {
  const { transition, changes } = change;
  if (isLeaving(change)) return leaveJoint(configuration);
  const isFounded = configuration.voters.length > 0;
  if (!isFounded || (transition === "auto" && changes.length <= 1)) return simple(configuration, changes);
  return enterJoint(configuration, changes, transition !== "explicit");
}

/**
 * Changes a configuration at once. Majorities of groups that differ by one voter overlap; more than one is refused, but
 * to nobody yet: who founds a group has no majority to disagree with.
 */
export function simple(configuration: Configuration, changes: readonly MemberChange[]): Changed {
  if (isJoint(configuration)) return refused("can't apply simple config change in joint config");
  const next = applied(configuration, changes);
  if (!next.ok) return next;
  const before = configuration.voters;
  const after = next.configuration.voters;
  const different =
    before.filter((id) => !after.includes(id)).length + after.filter((id) => !before.includes(id)).length;
  if (before.length > 0 && different > 1) return refused("more than one voter changed without entering joint config");
  return next;
}

/** Begins a change of any size: until it is left, the group that was and the group to come decide together. */
export function enterJoint(
  configuration: Configuration,
  changes: readonly MemberChange[],
  autoLeave: boolean,
): Changed {
  if (isJoint(configuration)) return refused("config is already joint");
  if (configuration.voters.length === 0) return refused("can't make a zero-voter config joint");
  return applied({ ...configuration, outgoing: configuration.voters, autoLeave }, changes);
}

/** Ends a joint configuration: the group to come decides alone. */
export function leaveJoint(configuration: Configuration): Changed {
  if (!isJoint(configuration)) return refused("can't leave a non-joint config");
  const { voters, learners, learnersNext } = configuration;
  const after = { voters, outgoing: [], learners: [...learners, ...learnersNext], learnersNext: [], autoLeave: false };
  return { ok: true, configuration: after };
}

function applied(configuration: Configuration, changes: readonly MemberChange[]): Changed {
  const after = changes.reduce(withMember, configuration);
  return after.voters.length === 0 ? refused("removed all voters") : { ok: true, configuration: after };
}

function withMember(configuration: Configuration, change: MemberChange): Configuration {
  const { id } = change;
  switch (change.do) {
    case "addVoter": {
      if (configuration.voters.includes(id)) return configuration;
      const without = withoutMember(configuration, id);
      return { ...without, voters: [...without.voters, id] };
    }
    case "addLearner": {
      if (isLearner(configuration, id)) return configuration;
      const without = withoutMember(configuration, id);
      // As long as it votes in the outgoing group it cannot be a learner as well.
      if (isVoter(without, id)) return { ...without, learnersNext: [...without.learnersNext, id] };
      return { ...without, learners: [...without.learners, id] };
    }
    case "remove":
      return withoutMember(configuration, id);
  }
}

/** Takes a replica out; the outgoing group stays what it was. */
function withoutMember(configuration: Configuration, id: Address): Configuration {
  const others = (ids: readonly Address[]) => ids.filter((each) => each !== id);
  const { voters, learners, learnersNext } = configuration;
  return {
    ...configuration,
    ...{ voters: others(voters), learners: others(learners), learnersNext: others(learnersNext) },
  };
}

function refused(why: string): Changed {
  return { ok: false, why };
}

const transitions = { auto: "a", implicit: "i", explicit: "e" } as const;
const transitionOf = { a: "auto", i: "implicit", e: "explicit" } as const;
const deeds = { addVoter: "v", addLearner: "l", remove: "r" } as const;
const deedOf = { v: "addVoter", l: "addLearner", r: "remove" } as const;

/** A change as text, for the log. */
export function encodeChange({ transition, changes, context }: ConfigurationChange): string {
  let text = transitions[transition] + numberField(changes.length);
  for (const change of changes) text += deeds[change.do] + textField(change.id);
  return text + textField(context);
}

/**
 * Reads a change.
 *
 * @throws Error when the text is none
 */
export function decodeChange(text: string): ConfigurationChange {
  const reader = readFields(text);
  const transition = transitionOf[reader.letter() as keyof typeof transitionOf];
  const changes: MemberChange[] = [];
  for (let left = reader.number(); left > 0; left--) {
    changes.push({ do: deedOf[reader.letter() as keyof typeof deedOf], id: readId(reader) });
  }
  if (transition === undefined || changes.some((each) => each.do === undefined)) {
    throw new Error("Cannot read a configuration change: it is of an unknown kind, use replicas of one version");
  }
  return { transition, changes, context: reader.text() };
}

/** In etcd's words: `v1 l2 r3` adds a voter and a learner, and removes one. */
export function describeChange({ transition, changes }: ConfigurationChange): string {
  const words = changes.map((change) => deeds[change.do] + change.id);
  return [...(transition === "auto" ? [] : [transition]), ...(words.length === 0 ? ["leave joint"] : words)].join(" ");
}
