import type { Process, Running } from "../kernel/process.ts";
import type { Request, Response } from "../programs/_serve_http.ts";
import { answer, formValue, problem } from "./_go.ts";

/** What consumers of resources are asked for, and by which values: a number each, and for a metric its name. */
export const consumed = {
  "/ConsumeCPU": { amount: "millicores", requestSize: "requestSizeMillicores" },
  "/ConsumeMem": { amount: "megabytes", requestSize: "requestSizeMegabytes" },
  "/BumpMetric": { amount: "delta", requestSize: "requestSizeMetrics" },
} as const;

/** A path at which something is asked for. */
export type ConsumedPath = keyof typeof consumed;

/** What was asked of a consumer. */
export interface Wish {
  readonly amount: number;
  readonly seconds: number;
  /** Of which metric, where it is of one. */
  readonly metric: string;
  /** Into what it is to be taken apart; 0 where nobody asks for that. */
  readonly requestSize: number;
}

/** Whether something is asked for at a path. */
export function isConsumed(path: string): path is ConsumedPath {
  return Object.hasOwn(consumed, path);
}

/** Which wish is read. */
export interface Asked {
  readonly path: ConsumedPath;
  /** It has to say into what it is taken apart. Default false. */
  readonly isByParts?: boolean;
}

/** What a request asks for, else the answer that says what is wrong with it; by parts where it is to be taken apart. */
export function wishOf(
  self: Process,
  request: Request,
  { path, isByParts = false }: Asked,
): { readonly wish: Wish } | { readonly refusal: Response } {
  const names = consumed[path];
  const metric = path === "/BumpMetric" ? formValue(request, "metric") : "";
  const [amount, seconds] = [formValue(request, names.amount), formValue(request, "durationSec")];
  const requestSize = isByParts ? formValue(request, names.requestSize) : "0";
  const isWhole = path !== "/BumpMetric" || metric !== "";
  if (!isWhole || [amount, seconds, requestSize].includes(""))
    return { refusal: problem(self, "not given function argument", 400) };
  const number = path === "/BumpMetric" && !isByParts ? /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i : integer;
  const isSized = integer.test(requestSize) && (!isByParts || Number(requestSize) > 0);
  if (!number.test(amount) || !integer.test(seconds) || !isSized)
    return { refusal: problem(self, "incorrect function argument", 400) };
  return {
    wish: { amount: Number(amount), seconds: Number(seconds), metric, requestSize: Number(requestSize) },
  };
}

const integer = /^[+-]?\d+$/;

/** Answers who posts; nobody else is listened to. */
export function* ofPosts(
  self: Process,
  request: Request,
  handle: (path: string) => Running<Response>,
): Running<Response> {
  if (request.method !== "POST") return problem(self, "Bad request. Not a POST request", 400);
  return yield* handle(request.url.pathname);
}

/** The lines of an answer. */
export function lines(self: Process, said: readonly string[]): Response {
  return answer(self, said.map((each) => `${each}\n`).join(""));
}

/** Flags as Go's own parser reads them: `-port=80`, `--port 80`. */
export function goFlags(words: readonly string[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const [, name = "", inline] = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    if (name === "") break;
    found[name] = inline ?? left.shift() ?? "";
  }
  return found;
}
