import { event } from "../../../actors/api/kinds/event.ts";
import type { ApiRequest, WatchPiece } from "../../../actors/apiserver/messages.ts";
import { createApiClient } from "../../../actors/client/api_client.ts";
import type { Loop } from "../../../actors/controllers/loop.ts";
import { createReconciler, type Reconciler } from "../../../actors/controllers/reconciler.ts";
import { createStep } from "../../../runtime/core/step.ts";
import type { Step } from "../../../runtime/mod.ts";
import { loopAddress } from "./play.ts";

/** A question of a loop that it has no answer to yet. */
export interface Question {
  /** Counts the questions of one life. */
  readonly number: number;
  readonly ask: number;
  readonly request: ApiRequest;
  /** Absent: nobody has carried it out. */
  answer?: unknown;
}

/** One life of a loop's actor, with all that it waits for. */
export interface LoopLife {
  readonly reconciler: Reconciler;
  readonly questions: readonly Question[];
  /** What it is yet to be told of each resource, in order. */
  readonly pieces: ReadonlyMap<string, WatchPiece[]>;
  /** When its next timer runs out, if one is set. */
  dueMs(): number | undefined;
  /** By name, in order of their names. */
  timers(): readonly string[];
  /** Takes what a server tells its watches. */
  take(piece: WatchPiece): void;
  /** Things happen to it, at a time. */
  answered(question: Question, nowMs: number): void;
  unanswered(question: Question, nowMs: number): void;
  told(resource: string, nowMs: number): void;
  woken(nowMs: number): void;
}

/** Answers what is asked while nothing can come between: lists and watches of mirrors, as they begin. */
export type Serve = (ask: number, request: ApiRequest) => unknown;

const server = "api";
/** Its server is never silent. */
const silenceMs = 10 ** 12;

/** Which loop begins, how often it did before, and when. */
export interface Beginning {
  readonly loop: Loop;
  readonly incarnation: number;
  readonly nowMs: number;
}

/** Begins a life: its mirrors are filled, and it has planned what there was to do. */
export function beginLife({ loop, incarnation, nowMs: beginsMs }: Beginning, serve: Serve): LoopLife {
  const control = createStep({ self: loopAddress, parent: "", incarnation, randomKey: 1 });
  const client = createApiClient({ servers: [server], silenceMs });
  const reconciler = createReconciler({ loop, client, eventKind: event, mayAct: () => true });
  const questions: Question[] = [];
  const pieces = new Map<string, WatchPiece[]>();
  const watched = new Map<number, string>();
  const timers = new Map<string, number>();
  let asked = 0;

  function step(nowMs: number, body: (step: Step) => void) {
    control.next(nowMs, nowMs);
    body(control.step);
    const atOnce: { readonly ask: number; readonly answer: unknown }[] = [];
    for (const effect of control.takeEffects()) {
      if (effect.kind === "timer") timers.set(effect.name, nowMs + effect.delayMs);
      else if (effect.kind === "cancel") timers.delete(effect.name);
      else if (effect.kind === "ask") {
        const answer = ask(effect.id, effect.body as ApiRequest);
        if (answer !== undefined) atOnce.push({ ask: effect.id, answer });
      }
    }
    for (const each of atOnce) reply(each.ask, each.answer, nowMs);
  }

  /** What people read is written at once and stays out of the account; what is asked of one object waits its turn. */
  function ask(id: number, request: ApiRequest): unknown {
    if (request.resource === "events") return { type: "api.response", code: 201, body: request.body };
    if (request.watch !== undefined) {
      watched.set(request.watch, request.resource);
      pieces.set(request.resource, []);
    }
    const isMirror = request.verb === "watch" || (request.verb === "list" && !request.query?.fieldSelector);
    if (isMirror) return serve(id, request);
    asked++;
    questions.push({ number: asked, ask: id, request });
    return undefined;
  }

  function reply(id: number, body: unknown, nowMs: number) {
    step(nowMs, (at) => reconciler.handle({ type: "reply", ask: id, from: server, body } as { type: string }, at));
  }

  function settled(question: Question) {
    questions.splice(questions.indexOf(question), 1);
  }

  step(beginsMs, (at) => {
    for (const informer of reconciler.informers) informer.start(at);
  });
  step(beginsMs, (at) => reconciler.open(at));

  const due = () => [...timers].filter(([, dueMs]) => dueMs < silenceMs);
  return {
    reconciler,
    questions,
    pieces,
    dueMs: () =>
      due()
        .map(([, dueMs]) => dueMs)
        .sort((one, other) => one - other)[0],
    timers: () =>
      due()
        .map(([name]) => name)
        .sort(),
    take: (piece) => void pieces.get(watched.get(piece.watch) ?? "")?.push(piece),
    answered(question, nowMs) {
      settled(question);
      reply(question.ask, question.answer, nowMs);
    },
    unanswered(question, nowMs) {
      settled(question);
      const failure = { type: "failed", ask: question.ask, from: server, reason: "timeout" };
      step(nowMs, (at) => reconciler.handle(failure, at));
    },
    told(resource, nowMs) {
      const piece = pieces.get(resource)?.shift();
      if (piece) step(nowMs, (at) => reconciler.takePiece(piece, at));
    },
    woken(nowMs) {
      const [name] = due().sort((one, other) => one[1] - other[1])[0] ?? [];
      if (name === undefined) return;
      timers.delete(name);
      step(nowMs, (at) => reconciler.handle({ type: `timer.${name}` }, at));
    },
  };
}
