import type { Admitting } from "../_plugin.ts";

/** What a plugin that asks others for changes keeps from its first round to the second. */
export interface Round {
  readonly isSecond: boolean;
  /** Who was asked, and wants to be asked again should the object be changed after. */
  readonly reinvocable: Set<string>;
  /** Who is to be asked in the second round. */
  readonly again: Set<string>;
  /** The object as the plugin left it. */
  last: string;
}

/** Begins a plugin's round. What others have changed since its first round is a reason to ask again, too. */
export function beginRound(admitting: Admitting, plugin: string): Round {
  admitting.rounds ??= { isSecond: false, isSecondWanted: false, kept: new Map() };
  const { kept, isSecond } = admitting.rounds;
  const first = kept.get(plugin) as Round | undefined;
  const round: Round = first
    ? { ...first, isSecond }
    : { isSecond, reinvocable: new Set(), again: new Set(), last: "" };
  kept.set(plugin, round);
  if (isSecond && round.last !== textOf(admitting)) askAgain(round);
  return round;
}

/** Ends it. */
export function endRound(round: Round, admitting: Admitting): void {
  // In the second round nobody looks at it any more.
  if (!round.isSecond && round.reinvocable.size + round.again.size > 0) round.last = textOf(admitting);
}

/** Whether somebody is asked in this round: in the second nobody for the first time. */
export function isInRound({ isSecond, again }: Round, id: string): boolean {
  return !isSecond || again.has(id);
}

/** The object was changed: who was asked before, and wants to know, is asked again. */
export function hasChanged(round: Round, { rounds }: Admitting): void {
  askAgain(round);
  if (rounds) rounds.isSecondWanted = true;
}

function askAgain({ reinvocable, again }: Round): void {
  for (const id of reinvocable) again.add(id);
  reinvocable.clear();
}

function textOf({ draft }: Admitting): string {
  return JSON.stringify(draft ?? null);
}
