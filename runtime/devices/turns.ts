import type { ServerResponse } from "node:http";
import { breakOff, needsDrain } from "./http2_door.ts";
import { createLoopTurns } from "./loop_turns.ts";

/** Long texts on their way to many clients: each is written piece by piece, in turn with the others. */
export interface Turns {
  /** Writes a text: at once if it is short and nothing waits before it. */
  write(response: ServerResponse, text: string, encoding?: BufferEncoding): void;
  /** Calls `end` when all that was to be written is with the connection: at once if nothing waits. */
  finish(response: ServerResponse, end: () => void): void;
  /** A connection takes more again; false where nothing waits for it. */
  goOn(response: ServerResponse): boolean;
  /** What is not with the connection yet, in characters. */
  waitingChars(response: ServerResponse): number;
  /** The client is gone, or nobody wants it to have the rest. */
  forget(response: ServerResponse): void;
  close(): void;
}

/** What turns go by. */
export interface TurnsOptions {
  uptimeMs(): number;
  /** What may wait for all clients together before those that stand still are cut off. */
  readonly waitingCharsMax: number;
  /** A client has all that waited for it. */
  drained(response: ServerResponse): void;
}

interface Waiting {
  readonly encoding: BufferEncoding;
  /** What is left of the texts, in order. */
  readonly texts: string[];
  /** How much of the first text is written. */
  at: number;
  chars: number;
  /** When its connection last took some. */
  takenAtMs: number;
  end?: () => void;
}

/**
 * So much is written at once. To turn it into bytes and to encrypt them takes a fraction of a millisecond, and that is how
 * long everybody else has to wait.
 */
export const turnCharsMax = 64 * 1024;
/** Who has taken nothing for so long is cut off when too much waits. */
const stillMs = 5_000;

/**
 * Makes the turns of one device: one piece each time around the event loop, whoever it is for, so that a short answer
 * never waits for more than one piece of all the long ones.
 */
export function createTurns({ uptimeMs, waitingCharsMax, drained }: TurnsOptions): Turns {
  /** Those whose connections have taken nothing for the longest come first. */
  const all = new Map<ServerResponse, Waiting>();
  /** Those whose connections take more. */
  const ready = createLoopTurns<ServerResponse>((response) => {
    const waiting = all.get(response);
    if (waiting) writePiece(response, waiting);
  });
  let allChars = 0;

  function writePiece(response: ServerResponse, waiting: Waiting) {
    const piece = takePiece(waiting);
    allChars -= piece.length;
    const takesMore = response.write(piece, waiting.encoding);
    all.delete(response);
    if (waiting.texts.length > 0) {
      waiting.takenAtMs = uptimeMs();
      all.set(response, waiting);
      if (takesMore) ready.queue(response);
    } else if (waiting.end) waiting.end();
    else if (takesMore) drained(response);
  }

  function forget(response: ServerResponse) {
    allChars -= all.get(response)?.chars ?? 0;
    all.delete(response);
    ready.forget(response);
  }

  function cutOffStill() {
    for (const [response, { takenAtMs }] of all) {
      if (allChars <= waitingCharsMax || uptimeMs() - takenAtMs < stillMs) return;
      forget(response);
      breakOff(response);
    }
  }

  return {
    write(response, text, encoding = "utf8") {
      const found = all.get(response);
      if (text.length <= turnCharsMax && !found) return void response.write(text, encoding);
      const waiting = found ?? { encoding, texts: [], at: 0, chars: 0, takenAtMs: uptimeMs() };
      if (!found) all.set(response, waiting);
      waiting.texts.push(text);
      waiting.chars += text.length;
      allChars += text.length;
      if (!needsDrain(response)) ready.queue(response);
      cutOffStill();
    },
    finish(response, end) {
      const waiting = all.get(response);
      if (waiting) waiting.end = end;
      else end();
    },
    goOn(response) {
      if (!all.has(response)) return false;
      ready.queue(response);
      return true;
    },
    waitingChars: (response) => all.get(response)?.chars ?? 0,
    forget,
    close() {
      all.clear();
      ready.close();
    },
  };
}

/** The next piece of what waits; it never cuts a character of two halves, of which each alone would be written as none. */
function takePiece(waiting: Waiting): string {
  const [text = ""] = waiting.texts;
  let to = Math.min(waiting.at + turnCharsMax, text.length);
  if (to < text.length && isFirstHalf(text.charCodeAt(to - 1))) to--;
  const piece = text.slice(waiting.at, to);
  waiting.at = to;
  waiting.chars -= piece.length;
  if (to === text.length) {
    waiting.texts.shift();
    waiting.at = 0;
  }
  return piece;
}

function isFirstHalf(code: number): boolean {
  return code >= 0xd800 && code < 0xdc00;
}
