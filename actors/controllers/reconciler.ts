import type { FailedEvent, ReplyEvent, Step } from "../../runtime/mod.ts";
import { generateName } from "../api/names.ts";
import { type Event, type Frozen, type KubeObject, keyOf } from "../api/types.ts";
import type { WatchPiece } from "../apiserver/messages.ts";
import type { ApiClient } from "../client/api_client.ts";
import type { Kind } from "../client/api_request.ts";
import { createEventRecorder } from "../client/events.ts";
import { createExpectations, type Expectations } from "../client/expectations.ts";
import { type Change, createInformer, type Informer } from "../client/informer.ts";
import { createOwnWrites, type Doubt } from "../client/own_writes.ts";
import { createWorkQueue, type WorkQueue } from "../client/work_queue.ts";
import { createAsks } from "../kit/asks.ts";
import { present } from "../kit/present.ts";
import { createDerivedInformers, type DerivedInformers } from "./derived_informers.ts";
import type { Lister, Listers, Loop, LoopSettings, Turn, Watch } from "./loop.ts";
import type { LoopReport } from "./messages.ts";
import { shownOf } from "./past_plans.ts";
import { type Action, failureText, type Plan } from "./plan.ts";
import { createPlanRunner, keyOfAction, type Question } from "./plan_runner.ts";

/** What carries a loop out. */
export interface ReconcilerOptions {
  readonly loop: Loop;
  readonly client: ApiClient;
  readonly eventKind: Kind<Event>;
  /** Default: none. */
  readonly settings?: LoopSettings;
  /** Whether this controller may write now: it leads, as far as it knows. */
  mayAct(step: Step): boolean;
}

/** The shell around a loop: it mirrors, queues, plans, carries out, and tries again. */
export interface Reconciler {
  readonly informers: readonly Informer<KubeObject>[];
  readonly derived: DerivedInformers;
  readonly queue: WorkQueue;
  readonly expectations: Expectations;
  readonly listers: Listers;
  /** Begins to work on keys. */
  open(step: Step): void;
  /** Begins nothing more; what is under way halts before its next action. */
  close(): void;
  /** Whether no plan is under way. */
  drained(): boolean;
  /** How many plans were made. */
  turns(): number;
  isOpen(): boolean;
  /** How it is doing. */
  report(): Omit<LoopReport, "state">;
  /** Forgets everything, as a process that starts anew. */
  reset(step: Step): void;
  /** Takes the client's events, then works on what has become ready. */
  handle(event: { readonly type: string }, step: Step): boolean;
  /** The same with a piece of one of the client's watches. */
  takePiece(piece: WatchPiece, step: Step): boolean;
}

const keysPerStepMax = 64;

/** Makes the shell of one loop. */
export function createReconciler(options: ReconcilerOptions): Reconciler {
  const { loop, client, mayAct, eventKind, settings = {} } = options;
  const queue = createWorkQueue({ timers: client.timers });
  const expectations = createExpectations();
  const recorder = createEventRecorder({ client, kind: eventKind, component: loop.component });
  const informerOf = ({ kind, fieldSelector, openTo, indexes }: Watch<KubeObject>) =>
    createInformer<KubeObject>({ client, kind, fieldSelector, openTo, indexes });
  const informers = loop.watches.map(informerOf);
  const derived = createDerivedInformers({
    derived: loop.derived,
    create(watched) {
      const informer = informerOf(watched);
      informer.onChange((change, step) => void changed(watched, change, step));
      return informer;
    },
  });
  const mirrorOf = mirrorsOver(informers, derived);
  const listers = listersOver(mirrorOf, derived);
  const ownWrites = createOwnWrites(mirrorOf);
  const asks = createAsks<Step>();
  const runner = createPlanRunner({
    client,
    recorder,
    ask: (step, question, done) =>
      asks.wait<unknown>(askOf(step, question), (answer, later) => done(answer.ok ? answer.value : undefined, later)),
    mayAct: (step) => isOpen && mayAct(step),
    acted: () => {
      writes++;
    },
    unexpected: (key, action) => unexpected(expectations, key, action),
    wrote: (step, { key, action, version }) => {
      ownWrites.wrote(key, { kind: action.kind, version }, step.uptimeMs);
      ownWrites.resolve(key, nameOf(action).name);
    },
    doubted: (key, action) => ownWrites.doubt(key, { kind: action.kind, ...nameOf(action) }),
  });
  let memory = loop.begin(settings);
  let isOpen = false;
  let turns = 0;
  let writes = 0;
  let lastError: LoopReport["lastError"];

  loop.watches.forEach((watched, index) => {
    const { group, plural } = watched.kind;
    const isSource = loop.derived?.from.some((each) => each.group === group && each.plural === plural) === true;
    informers[index]?.onChange((change, step) => {
      if (isSource) derived.follow(listers, step);
      const keys = changed(watched, change, step);
      // The first watch is of the loop's own kind: what was expected of an object that is gone, a namesake of it
      // must not wait for.
      if (index === 0 && change.type === "deleted") for (const key of keys) forget(key);
    });
  });

  function changed(watched: Watch<KubeObject>, change: Change<KubeObject>, step: Step): readonly string[] {
    if (watched.expectedBy) observe(expectations, change, watched.expectedBy(change.object, listers));
    const keys = watched.keys?.(change, { listers, memory, uptimeMs: step.uptimeMs }) ?? [];
    for (const key of keys) queue.add(key);
    return keys;
  }

  function pump(step: Step) {
    // What is not listed yet looks as if it were not there.
    const delayMs = queue.size > 0 ? derived.fillsForMs(step.uptimeMs) : undefined;
    if (delayMs !== undefined) return client.timers.set(step, { name: "pump", delayMs, body: () => {} });
    for (let count = 0; isOpen && queue.size > 0 && queue.processing < loop.workersMax; count++) {
      // Keys with nothing to do cost no message, and could fill a step without end.
      if (count >= keysPerStepMax) return client.timers.set(step, { name: "pump", delayMs: 0, body: () => {} });
      work(step, queue.take() as string);
    }
  }

  function forget(key: string) {
    expectations.forget(key);
    ownWrites.forget(key);
  }

  function work(step: Step, key: string) {
    const shown = shownOf({ ownWrites, expectations }, key, step.uptimeMs);
    if (typeof shown === "object") return lookAt(step, key, shown.doubt);
    if (shown === "less") {
      ownWrites.wait(key);
      return queue.done(key);
    }
    turns++;
    const plan = loop.reconcile(key, listers, turnFor(step, key, shown === "all"));
    if (plan === undefined) {
      forget(key);
      return finish(step, key, undefined);
    }
    if (plan.actions.length === 0) return finish(step, key, plan.againAfterMs);
    expect(step, key, plan);
    runner.run(step, { key, plan }, ({ failure, halted }, later) => {
      if (failure) lastError = { text: `${key}: ${failureText(failure)}`, atMs: later.nowMs };
      if (failure || halted) {
        queue.addRateLimited(later, key);
        queue.done(key);
      } else finish(later, key, plan.againAfterMs);
    });
  }

  /**
   * A write that nobody answered may have been done, and the mirrors may not show it yet: the API knows. It is asked as
   * mirrors ask, with a list of the one: what a controller writes it may not always get.
   */
  function lookAt(step: Step, key: string, doubt: Doubt) {
    const { kind, namespace, name } = doubt;
    const query = { fieldSelector: `metadata.name=${name}` };
    client.list<KubeObject>(step, { kind, namespace, query }, (outcome, later) => {
      const [found] = outcome.ok ? outcome.value.items : [];
      const version = found?.metadata.resourceVersion ?? "";
      if (found) ownWrites.wrote(key, { kind: doubt.kind, version }, later.uptimeMs);
      const isKnown = outcome.ok || outcome.failure.reason === "NotFound";
      if (isKnown) {
        ownWrites.resolve(key, doubt.name);
        queue.add(key);
      } else queue.addRateLimited(later, key);
      queue.done(key);
    });
  }

  function finish(step: Step, key: string, againAfterMs: number | undefined) {
    queue.forget(key);
    if (againAfterMs !== undefined) queue.addAfter(step, key, againAfterMs);
    // What is expected may never be seen (made and gone while the mirror was cut off): then nothing else would wake it.
    const expiresInMs = expectations.expiresInMs(key, step.uptimeMs);
    if (expiresInMs !== undefined && expiresInMs > 0) queue.addAfter(step, key, expiresInMs);
    queue.done(key);
  }

  function expect(step: Step, key: string, { actions }: Plan) {
    let creations = 0;
    const deletions: string[] = [];
    for (const action of actions) {
      if (!action.expected) continue;
      if (action.op === "create") creations++;
      else if (action.op === "delete") deletions.push(keyOfAction(action) ?? "");
    }
    if (creations > 0 || deletions.length > 0) expectations.expect(key, { creations, deletions }, step.uptimeMs);
  }

  function turnFor(step: Step, key: string, expectationsMet: boolean): Turn {
    return {
      key,
      nowMs: step.nowMs,
      uptimeMs: step.uptimeMs,
      expectationsMet,
      memory,
      float: step.float,
      int: step.int,
      newName: (base) => generateName(base, step.float),
    };
  }

  function takeAnswer(event: { readonly type: string }, step: Step): boolean {
    if (asks.size === 0) return false;
    if (event.type === "reply") return asks.replied(event as ReplyEvent, step);
    return event.type === "failed" && asks.failed(event as FailedEvent, step);
  }

  function worked(hasTaken: boolean, step: Step): boolean {
    for (const key of ownWrites.takeReady(step.uptimeMs)) queue.add(key);
    if (hasTaken) pump(step);
    return hasTaken;
  }

  return {
    informers,
    derived,
    queue,
    expectations,
    listers,
    open(step) {
      isOpen = true;
      for (const key of loop.keys) queue.add(key);
      pump(step);
    },
    close() {
      isOpen = false;
    },
    drained: () => queue.processing === 0,
    turns: () => turns,
    isOpen: () => isOpen,
    report: () => ({
      ...{ queued: queue.size, working: queue.processing, reconciles: turns, writes },
      ...present({ lastError }),
    }),
    reset(step) {
      isOpen = false;
      for (const informer of [...informers, derived]) informer.stop(step);
      client.reset(step);
      recorder.reset();
      queue.clear(step);
      expectations.clear();
      ownWrites.clear();
      asks.clear();
      memory = loop.begin(settings);
    },
    handle: (event, step) => worked(takeAnswer(event, step) || client.handle(event, step), step),
    takePiece: (piece, step) => worked(client.takePiece(piece, step), step),
  };
}

function askOf(step: Step, question: Question): number {
  if (question.op === "device") return step.device(question.device, question.request);
  return step.ask(question.to, question.body, question.timeoutMs);
}

function nameOf(action: Action): { readonly namespace: string | undefined; readonly name: string } {
  if ("object" in action) return { namespace: action.object.metadata.namespace, name: action.object.metadata.name };
  return { namespace: action.namespace, name: "name" in action ? action.name : "" };
}

type FindMirror = (kind: Pick<Kind, "group" | "plural">) => Informer<KubeObject> | undefined;

function mirrorsOver(informers: readonly Informer<KubeObject>[], derived: DerivedInformers): FindMirror {
  // Nearly always a kind is named by its very definition: a loop over all kinds looks for dozens at a time.
  const byKind = new Map<object, Informer<KubeObject>>(informers.map((informer) => [informer.kind, informer]));
  const byPlural = new Map(informers.map((informer) => [`${informer.kind.group}/${informer.kind.plural}`, informer]));
  return (kind) => byKind.get(kind) ?? byPlural.get(`${kind.group}/${kind.plural}`) ?? derived.find(kind);
}

function listersOver(mirrorOf: FindMirror, derived: DerivedInformers): Listers {
  return {
    of<T extends KubeObject>(kind: Kind<T>) {
      const found = mirrorOf(kind);
      if (!found) throw new Error(`Reading ${kind.plural}: the loop does not watch them, add them to its watches`);
      return found as unknown as Lister<T>;
    },
    get derived() {
      return derived.kinds;
    },
  };
}

/** An object that is being deleted counts as deleted: its controller replaces it at once. */
function observe(expectations: Expectations, { type, object }: Change<KubeObject>, key: string | undefined) {
  if (key === undefined) return;
  if (type === "deleted" || object.metadata.deletionTimestamp !== undefined) {
    expectations.deletionObserved(key, keyOf(object as Frozen<KubeObject>));
  } else if (type === "added") expectations.creationObserved(key);
}

function unexpected(expectations: Expectations, key: string, action: Action) {
  if (action.op === "create") expectations.creationObserved(key);
  else expectations.deletionObserved(key, keyOfAction(action) ?? "");
}
