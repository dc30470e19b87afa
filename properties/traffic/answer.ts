/** Who had a request in hand. */
export interface Handler {
  /** The pod's name: no two pods of a run have the same. */
  readonly pod: string;
  /** Of the letters that came with the request. */
  readonly sum: string;
}

/** What the front answers: JSON. */
export interface TrafficAnswer {
  readonly id: number;
  readonly front: Handler;
  readonly back: Handler;
  /** As many as were asked for. */
  readonly letters: string;
}

/** What the back answers to the front: JSON. */
export interface BackAnswer {
  readonly id: number;
  readonly back: Handler;
}

/** What a request asks for, in its query. */
export interface Wish {
  readonly id: number;
  /** How many letters to answer with. */
  readonly answerBytes: number;
  /** How long to work on it: one half in the back, the other while the front's answer is under way. */
  readonly workMs: number;
}

/** Writes a wish into a path. */
export function pathOf({ id, answerBytes, workMs }: Wish): string {
  return `/work?id=${id}&answerBytes=${answerBytes}&workMs=${workMs}`;
}

/** Reads a wish from a request's address. */
export function wishOf(url: string): Wish {
  const { searchParams } = new URL(url);
  const number = (name: string) => Number(searchParams.get(name) ?? 0);
  return { id: number("id"), answerBytes: number("answerBytes"), workMs: number("workMs") };
}
