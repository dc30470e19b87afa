import { formatTime, parseTime } from "../../api/time.ts";
import type { LogLine } from "../../cri/messages.ts";
import type { LogOptions } from "../../network/streams.ts";

/** Makes of a container's lines what is told of them; `undefined` from the line on that is too much. */
export interface LogText {
  of(lines: readonly LogLine[]): string;
  /** No more may be told: the limit is reached. */
  isFull(): boolean;
}

/** What the times of lines are, by the wall clock. */
export interface LogClock {
  readonly nowMs: number;
  wallMs(atMs: number): number;
}

/** The text of logs as its reader wants it: since when, of which stream, with times, and how much at most. */
export function logText(options: LogOptions, { nowMs, wallMs }: LogClock): LogText {
  const { sinceSeconds, sinceTime, stream = "All", timestamps = false } = options;
  const sinceMs = sinceSeconds !== undefined ? nowMs - sinceSeconds * 1000 : parseTime(sinceTime ?? "");
  const wanted = stream === "Stdout" ? "stdout" : stream === "Stderr" ? "stderr" : undefined;
  let leftBytes = options.limitBytes ?? Number.POSITIVE_INFINITY;
  /** What is told next begins a line. */
  let isNewLine = true;
  return {
    of(lines) {
      let text = "";
      for (const line of lines) {
        if (leftBytes <= 0) break;
        if (wanted !== undefined && line.stream !== wanted) continue;
        const atMs = wallMs(line.atMs);
        if (sinceMs !== undefined && atMs < sinceMs) continue;
        const whole = `${timestamps && isNewLine ? `${timestamp(atMs)} ` : ""}${line.text}${line.isPartial ? "" : "\n"}`;
        isNewLine = !line.isPartial;
        const part = Number.isFinite(leftBytes) ? firstBytes(whole, leftBytes) : { text: whole, bytes: 0 };
        leftBytes -= part.bytes;
        // What does not fit is cut off, and nothing after it is told.
        if (part.text !== whole) leftBytes = 0;
        text += part.text;
      }
      return text;
    },
    isFull: () => leftBytes <= 0,
  };
}

/** A time with nine digits of its second, as kubelets write it before a line. */
export function timestamp(ms: number): string {
  const second = Math.floor(ms / 1000);
  // Clocks count microseconds; what a number of today's size has beyond them is noise.
  const micros = Math.min(Math.round((ms - second * 1000) * 1_000), 999_999);
  return `${formatTime(second * 1000).slice(0, 19)}.${String(micros).padStart(6, "0")}000Z`;
}

/** As much of a text as so many bytes of UTF-8 hold, without cutting through a character. */
function firstBytes(text: string, max: number): { readonly text: string; readonly bytes: number } {
  let bytes = 0;
  let end = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    const size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes + size > max) break;
    bytes += size;
    end += character.length;
  }
  return { text: text.slice(0, end), bytes };
}
