import type { Address } from "../../../runtime/mod.ts";
import { type FieldReader, numberField, readFields, textField } from "../log/fields.ts";

/**
 * Who a group is made of, and who of them decides. While a change of several voters is under way the configuration is
 * *joint*: what is decided needs a majority of `voters`, the group to come, and a majority of `outgoing`, the group that
 * was (Ongaro's thesis, 4.3).
 */
export interface Configuration {
  /** Who decides from now on; in the order in which they came. */
  readonly voters: readonly Address[];
  /** Who decided before, as long as the configuration is joint; empty otherwise. */
  readonly outgoing: readonly Address[];
  /** Who gets the log and decides nothing. */
  readonly learners: readonly Address[];
  /** Voters of the outgoing group that are learners as soon as it is left. */
  readonly learnersNext: readonly Address[];
  /** Whether a leader leaves the joint configuration by itself once it holds. */
  readonly autoLeave: boolean;
}

/** Nobody: what a replica knows that joins a group and was told nothing yet. */
export const noConfiguration: Configuration = {
  ...{ voters: [], outgoing: [], learners: [], learnersNext: [] },
  autoLeave: false,
};

/** A group of voters alone. */
export function votersOnly(voters: readonly Address[]): Configuration {
  return { ...noConfiguration, voters };
}

/** Whether two groups have to agree. */
export function isJoint({ outgoing }: Configuration): boolean {
  return outgoing.length > 0;
}

/** Whether it has a vote, in either group. */
export function isVoter({ voters, outgoing }: Configuration, id: Address): boolean {
  return voters.includes(id) || outgoing.includes(id);
}

/** Whether it gets the log and has no vote. */
export function isLearner({ learners }: Configuration, id: Address): boolean {
  return learners.includes(id);
}

/** All that a leader sends the log to, itself included. */
export function everyone({ voters, outgoing, learners }: Configuration): Address[] {
  return [...new Set([...voters, ...outgoing, ...learners])];
}

/** A configuration as text, for the disk. */
export function encodeConfiguration(configuration: Configuration): string {
  const { voters, outgoing, learners, learnersNext, autoLeave } = configuration;
  return [voters, outgoing, learners, learnersNext].map(encodeIds).join("") + numberField(autoLeave ? 1 : 0);
}

/**
 * Reads a configuration.
 *
 * @throws Error when the text is none
 */
export function decodeConfiguration(text: string): Configuration {
  const reader = readFields(text);
  const [voters, outgoing, learners] = [decodeIds(reader), decodeIds(reader), decodeIds(reader)];
  return { voters, outgoing, learners, learnersNext: decodeIds(reader), autoLeave: reader.number() === 1 };
}

function encodeIds(ids: readonly Address[]): string {
  return numberField(ids.length) + ids.map(textField).join("");
}

function decodeIds(reader: FieldReader): Address[] {
  const ids: Address[] = [];
  for (let left = reader.number(); left > 0; left--) ids.push(readId(reader));
  return ids;
}

/** Reads an address as the one text that all keys of its name share, not as a piece of the record it stands in. */
export function readId(reader: FieldReader): Address {
  const [id = ""] = Object.keys({ [reader.text()]: true });
  return id;
}

/** In etcd's words: `voters=(a b)&&(c) learners=(d) learners_next=(c) autoleave`. */
export function describeConfiguration(configuration: Configuration): string {
  const { voters, outgoing, learners, learnersNext, autoLeave } = configuration;
  const group = (ids: readonly Address[]) => `(${[...ids].sort().join(" ")})`;
  return [
    `voters=${group(voters)}${isJoint(configuration) ? `&&${group(outgoing)}` : ""}`,
    ...(learners.length > 0 ? [`learners=${group(learners)}`] : []),
    ...(learnersNext.length > 0 ? [`learners_next=${group(learnersNext)}`] : []),
    ...(autoLeave ? ["autoleave"] : []),
  ].join(" ");
}
