/**
 * What two sides need who talk over a way that loses, doubles and reorders: numbers without gaps, signs of life, and
 * credit. How a message looks is theirs; this is only the account that each side keeps.
 */

/** The account of who speaks. */
export interface Speaking {
  /** The number of the last message. */
  said: number;
  saidAtMs: number;
}

/** Nothing was said yet. */
export function speaking(nowMs: number): Speaking {
  return { said: 0, saidAtMs: nowMs };
}

/** The number of the message that is sent now: the first one's is 1. */
export function nextNumber(speaking: Speaking, nowMs: number): number {
  speaking.saidAtMs = nowMs;
  return ++speaking.said;
}

/** The account of who listens and has no patience: what is missing will not come any more. */
export interface Listening {
  /** The number of the last message that was heard, with all before it. */
  heard: number;
  /** When the other side last showed that it lives. */
  heardAtMs: number;
}

/** Nothing was heard yet. */
export function listening(nowMs: number): Listening {
  return { heard: 0, heardAtMs: nowMs };
}

/**
 * Takes a message's number. `next`: it is the one to be heard now; `again`: it was heard before; `gap`: others were
 * before it which have not come.
 */
export function hearNumber(listening: Listening, number: number, nowMs: number): "next" | "again" | "gap" {
  listening.heardAtMs = nowMs;
  if (number <= listening.heard) return "again";
  if (number !== listening.heard + 1) return "gap";
  listening.heard = number;
  return "next";
}

/** The other side says which number its last message had: whether all of them were heard. */
export function hasHeardAll(listening: Listening, last: number, nowMs: number): boolean {
  listening.heardAtMs = nowMs;
  return last <= listening.heard;
}

/** Whether the other side has said nothing for so long. */
export function isSilent({ heardAtMs }: Listening, silentMsMax: number, nowMs: number): boolean {
  return nowMs - heardAtMs >= silentMsMax;
}

/** The account of who listens and waits for what was overtaken. */
export interface PatientListening<Message> extends Listening {
  /** What overtook others, by number. */
  readonly early: Map<number, Message>;
  /** The last number that the other side is known to have said. */
  known: number;
  /** Since when nothing of what is missing has come; undefined: nothing is missing. */
  missingSinceMs: number | undefined;
}

/** Nothing was heard yet. */
export function patientListening<Message>(nowMs: number): PatientListening<Message> {
  return { heard: 0, heardAtMs: nowMs, early: new Map(), known: 0, missingSinceMs: undefined };
}

/** The other side says that it has come so far: what of that was not heard is missing. */
export function hearProgress<Message>(listening: PatientListening<Message>, known: number, nowMs: number): void {
  listening.heardAtMs = nowMs;
  listening.known = Math.max(listening.known, known);
  notice(listening, nowMs, false);
}

/** Takes a message; gives those that can be passed on now, each once and in order. */
export function hearInOrder<Message>(
  listening: PatientListening<Message>,
  { number, message }: { readonly number: number; readonly message: Message },
  nowMs: number,
): readonly Message[] {
  const { early } = listening;
  listening.known = Math.max(listening.known, number);
  const place = hearNumber(listening, number, nowMs);
  if (place === "again") return [];
  if (place === "gap") {
    early.set(number, message);
    notice(listening, nowMs, false);
    return [];
  }
  const heard = [message];
  // What is kept may be any value, `undefined` too.
  while (early.has(listening.heard + 1)) {
    listening.heard++;
    heard.push(early.get(listening.heard) as Message);
    early.delete(listening.heard);
  }
  notice(listening, nowMs, true);
  return heard;
}

/** Notes since when something is missing: `isNews` when some of it came. */
function notice(listening: PatientListening<unknown>, nowMs: number, isNews: boolean): void {
  if (listening.known <= listening.heard) listening.missingSinceMs = undefined;
  else if (isNews || listening.missingSinceMs === undefined) listening.missingSinceMs = nowMs;
}

/** Whether something is missing and nothing of it has come for so long. */
export function isMissing({ missingSinceMs }: PatientListening<unknown>, missingMsMax: number, nowMs: number): boolean {
  return missingSinceMs !== undefined && nowMs - missingSinceMs >= missingMsMax;
}

/**
 * How much of what one side sends the other has taken. It is told in all, not by the piece, so that a message that is
 * lost, doubled or late does no harm.
 */
export interface Credit {
  /** All that was taken here of the other side's, and there of ours. */
  takenHere: number;
  takenThere: number;
}

/** Nothing was taken yet. */
export function noCredit(): Credit {
  return { takenHere: 0, takenThere: 0 };
}

/** So much more was taken here: what the other side is to be told. */
export function giveCredit(credit: Credit, size: number): number {
  credit.takenHere += size;
  return credit.takenHere;
}

/** The other side has taken so much in all: how much of it is news. */
export function hearCredit(credit: Credit, total: number): number {
  const size = Math.max(0, total - credit.takenThere);
  credit.takenThere += size;
  return size;
}
