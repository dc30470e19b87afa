import { internalError } from "../../../actors/api/status.ts";
import type { ApiRequest, ApiResponse, ApiWatchEvents } from "../../../actors/apiserver/messages.ts";
import { requestFor } from "../../../actors/client/api_request.ts";
import { createStep } from "../../../runtime/core/step.ts";
import { emptyModel } from "../../suites/model/data.ts";
import { serve } from "../../suites/model/requests.ts";
import { beginLife, type LoopLife, type Question } from "./life.ts";
import { type LoopPlay, loopAddress, type Move, type PlayView } from "./play.ts";

/** How often what nobody has to do may happen. */
export interface LoopChances {
  /** Others write. */
  readonly moves: number;
  /** The server answers with an error, and has done nothing. */
  readonly refused: number;
  /** No answer comes: the request was carried out, or was not. */
  readonly lost: number;
  /** The loop's actor ends with all that it has asked and not been told, and begins anew. */
  readonly crashes: number;
}

/** A play under way. */
export interface LoopStage {
  /** All that may happen next. */
  enabled(): readonly string[];
  /** Has one of it happen. */
  happen(name: string): void;
  /** All that is and is to come, as text; names are told by who came first, times and versions not at all. */
  text(): string;
  /** What was wrong first. */
  wrong(): string | undefined;
}

/** Longer than this a loop only waits when nothing else is to come: a mirror is not so late. */
const patienceMs = 30_000;
const mergePatch = "application/merge-patch+json";

/** Begins a play: the loop has planned what there is to do, and nobody has answered anything. */
export function createLoopStage(play: LoopPlay, chances: LoopChances): LoopStage {
  const api = createStep({ self: "api", parent: "", incarnation: 0, randomKey: 2 });
  const data = emptyModel({ deeds: [], lapses: [], endMs: 1 });
  const left = { ...chances };
  let nowMs = 0;
  let wrong: string | undefined;

  const view: PlayView = {
    of: (resource) => [...data.objects].flatMap(([key, each]) => (key.startsWith(`${resource}/`) ? [each] : [])),
    changesOf: (resource) => data.changes.filter((each) => each.resource === resource),
  };
  const work = () => play.work?.(view) ?? [];
  for (const { kind, object } of play.objects) {
    const { namespace } = object.metadata;
    served("user", 1, requestFor("create", { target: { kind, namespace }, body: JSON.stringify(object) }));
  }
  let incarnation = 0;
  let life: LoopLife | undefined;
  let current = begin();

  /** Carries a request out; what it changes is told to the loop's watches later. */
  function served(from: string, ask: number, body: ApiRequest): unknown {
    api.next(nowMs, nowMs);
    serve(data, { type: "api.request", from, ask, body }, api.step);
    let answer: unknown;
    for (const effect of api.takeEffects()) {
      if (effect.kind === "reply") answer = effect.body;
      else if (effect.kind === "send") for (const each of (effect.body as ApiWatchEvents).pieces) life?.take(each);
    }
    return answer;
  }

  function begin(): LoopLife {
    data.watchers.length = 0;
    life = undefined;
    const { loop } = play;
    life = beginLife({ loop, incarnation: incarnation++, nowMs }, (ask, body) => served(loopAddress, ask, body));
    return life;
  }

  function move({ kind, object, patch, isStatus }: Move) {
    const { name, namespace } = object.metadata;
    const target = { kind, name, namespace, ...(isStatus && { subresource: "status" }) };
    if (patch === undefined) served("user", 1, requestFor("delete", { target }));
    else served("user", 1, requestFor("patch", { target, body: JSON.stringify(patch), contentType: mergePatch }));
  }

  /** What comes at once, whatever the bounds. */
  function comesSoon(): readonly string[] {
    const { questions, pieces } = current;
    const asked = questions.map((each) => `${each.answer === undefined ? "commit" : "answer"} ${titleOf(each)}`);
    const told = [...pieces].flatMap(([resource, each]) => (each.length > 0 ? [`tell ${resource}`] : []));
    const isShort = (current.dueMs() ?? Number.POSITIVE_INFINITY) - nowMs <= patienceMs;
    return [...asked, ...told, ...work().map(({ name }) => name), ...(isShort ? ["wait"] : [])];
  }

  /** Whom nothing wakes but a timer of minutes has missed something, if there is something to do. */
  const isAtRest = () => comesSoon().length === 0;

  function happen(name: string) {
    const [verb = "", number = ""] = name.split(" ");
    const question = current.questions.find((each) => each.number === Number(number));
    const moved = [...work(), ...play.moves(view)].find((each) => each.name === name);
    if (moved) {
      if (!work().some((each) => each.name === name)) left.moves--;
      move(moved);
    } else if (verb === "crash") {
      left.crashes--;
      current = begin();
    } else if (verb === "tell") current.told(number, nowMs);
    else if (verb === "wait") {
      nowMs = Math.max(nowMs, current.dueMs() ?? 0);
      current.woken(nowMs);
    } else if (question) ask(verb, question);
    wrong ??= play.judge(view, isAtRest());
  }

  function ask(verb: string, question: Question) {
    if (verb === "commit") question.answer = served(loopAddress, question.ask, question.request);
    else if (verb === "answer") current.answered(question, nowMs);
    else if (verb === "refuse") {
      left.refused--;
      question.answer = refusal();
    } else {
      left.lost--;
      current.unanswered(question, nowMs);
    }
  }

  return {
    enabled() {
      const { questions } = current;
      const open = questions.filter(({ answer }) => answer === undefined);
      return [
        ...(left.moves > 0 ? play.moves(view).map(({ name }) => name) : []),
        ...(left.refused > 0 ? open.map((each) => `refuse ${titleOf(each)}`) : []),
        ...(left.lost > 0 ? questions.map((each) => `lose ${titleOf(each)}`) : []),
        ...(left.crashes > 0 ? ["crash"] : []),
        ...comesSoon(),
        ...(isAtRest() && current.dueMs() !== undefined ? ["wait"] : []),
      ];
    },
    happen,
    text() {
      const { reconciler, questions, pieces } = current;
      const { queue, expectations } = reconciler;
      const mirrors = reconciler.informers.map((each) => [...each.values()]);
      const asked = questions.map((each) => [titleOf(each), each.request.body, each.answer]);
      const names = play.objects.map(({ object: { metadata } }) => `${metadata.namespace}/${metadata.name}`);
      const waits = [queue.size, queue.processing, expectations.size, ...names.map(queue.failures)];
      const timers = current.timers();
      return plain(JSON.stringify([[...data.objects.values()], mirrors, asked, [...pieces], waits, timers, left]));
    },
    wrong: () => wrong,
  };
}

/** `3 create pods`: its number makes it one of its kind. */
function titleOf({ number, request: { verb, resource, subresource } }: Question): string {
  return `${number} ${verb} ${resource}${subresource === undefined ? "" : `/${subresource}`}`;
}

function refusal(): ApiResponse {
  const status = internalError("the store does not answer");
  return { type: "api.response", code: status.code, body: JSON.stringify(status), status };
}

/** Without what another order of the same would change: versions, times, and the ends of names that were made. */
function plain(text: string): string {
  const ends = new Map<string, string>();
  return text
    .replaceAll(/\\*"resourceVersion\\*":\\*"\d+\\*"|\d{4}-\d\d-\d\dT[\d:.]+Z/g, "")
    .replaceAll(/\bweb-[a-z0-9]{5}\b/g, (name) => {
      const known = ends.get(name) ?? `web-${ends.size}`;
      ends.set(name, known);
      return known;
    });
}
