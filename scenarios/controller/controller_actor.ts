import { setup } from "xstate";
import { type Frozen, type KubeObject, keyOf } from "../../actors/api/types.ts";
import { type ApiClient, createApiClient } from "../../actors/client/api_client.ts";
import type { ClientRequest } from "../../actors/client/api_request.ts";
import { type ComponentData, type ComponentMessage, componentParts } from "../../actors/client/component.ts";
import { createInformer, type Informer } from "../../actors/client/informer.ts";
import type { Failure } from "../../actors/client/outcome.ts";
import { createWorkQueue, type WorkQueue } from "../../actors/client/work_queue.ts";
import {
  type ActorDefinition,
  type Address,
  type ChartTypes,
  defineActor,
  reducers,
  type Step,
} from "../../runtime/mod.ts";
import { clientNodeApi } from "./client_node_api.ts";
import type { ControllerDefinition, ReconcileContext, ReconcileResult } from "./define_controller.ts";

/** What a simulated controller of one's own is told. */
export interface OwnControllerInput {
  readonly servers: readonly Address[];
}

/** A controller of one's own as an actor, and what whoever drives the simulation must know of it. */
export interface OwnControllerActor {
  readonly actor: ActorDefinition<OwnControllerInput>;
  /** Grows whenever code of its own may go on: then microtasks must run before the simulation takes its next step. */
  activity(): number;
  /** All that it asked for, in order: `create configmaps`. */
  asked(): readonly OwnRequest[];
}

/** Something that a controller asked for. */
export interface OwnRequest {
  readonly line: string;
  readonly isWrite: boolean;
  readonly atMs: number;
}

interface OwnData extends ComponentData {
  readonly shell: Shell;
}

interface Shell {
  open(step: Step): void;
  digest(): number;
}

interface Asked {
  readonly request: ClientRequest;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

const kind = "own_controller";
const reads: ReadonlySet<string> = new Set(["get", "list", "watch"]);

/**
 * Makes the actor. Its reconciler may be async: what it awaits is settled in steps of the simulation, and goes on
 * between that step and the next; what it asks for then leaves with the next step of its own.
 */
export function controllerActor(definition: ControllerDefinition): OwnControllerActor {
  let activity = 0;
  const asked: OwnRequest[] = [];
  const woken = () => void activity++;
  const parts = componentParts<OwnData>();
  const { act, begin } = reducers<OwnData, ComponentMessage>();
  const machine = setup({
    types: {} as ChartTypes<OwnData, ComponentMessage, OwnControllerInput>,
    actions: { ...parts.actions, open: act(({ shell }, _event, step) => shell.open(step)) },
    guards: parts.guards,
  }).createMachine({
    id: kind,
    context: begin((input: OwnControllerInput) => createData(definition, input, { woken, asked })),
    on: parts.on,
    initial: "syncing",
    states: {
      syncing: {
        entry: "startInformers",
        on: { stop: "stopped" },
        always: { guard: "synced", target: "running" },
      },
      running: { entry: "open", on: { stop: "stopped" } },
      stopped: { type: "final", entry: "stopInformers" },
    },
  });
  const actor = defineActor<OwnControllerInput>({
    kind,
    module: import.meta.url,
    machine,
    digest: ({ shell }: OwnData) => shell.digest(),
  });
  return { actor, activity: () => activity, asked: () => asked };
}

interface Watching {
  woken(): void;
  readonly asked: OwnRequest[];
}

function createData(definition: ControllerDefinition, { servers }: OwnControllerInput, watching: Watching): OwnData {
  const client = createApiClient({ servers });
  const queue = createWorkQueue({ timers: client.timers });
  const about = createInformer<KubeObject>({ client, kind: definition.about });
  const mirrors = new Map<string, Informer<KubeObject>>([[definition.about.plural, about]]);
  for (const { kind: watched } of definition.watches ?? []) {
    if (!mirrors.has(watched.plural))
      mirrors.set(watched.plural, createInformer<KubeObject>({ client, kind: watched }));
  }
  const shell = createShell({ definition, client, queue, mirrors, about, watching });
  return {
    shell,
    takers: [{ handle: (event, step) => shell.handle(event, step), takePiece: shell.takePiece }],
    informers: [...mirrors.values()],
  };
}

interface Parts {
  readonly definition: ControllerDefinition;
  readonly client: ApiClient;
  readonly queue: WorkQueue;
  readonly about: Informer<KubeObject>;
  readonly mirrors: ReadonlyMap<string, Informer<KubeObject>>;
  readonly watching: Watching;
}

function createShell({ definition, client, queue, mirrors, about, watching }: Parts) {
  const { workersMax = 1 } = definition;
  const memory = new Map<string, unknown>();
  const outbox: Asked[] = [];
  const settled: { readonly key: string; readonly result?: ReconcileResult; readonly error?: unknown }[] = [];
  let isOpen = false;
  let turns = 0;
  let underWay = 0;

  for (const informer of new Set(mirrors.values())) {
    const keysFor = (object: Frozen<KubeObject>) => [
      ...(informer === about ? [keyOf(object)] : []),
      ...(definition.watches ?? [])
        .filter(({ kind: watched }) => watched.plural === informer.kind.plural)
        .flatMap(({ keys }) => keys?.(object) ?? []),
    ];
    informer.onChange(({ object, previous }, step) => {
      for (const key of new Set([...keysFor(object), ...(previous ? keysFor(previous) : [])])) queue.add(key);
      soon(step);
    });
  }

  /** A step of its own, after what may go on has gone on. */
  function soon(step: Step) {
    client.timers.set(step, { name: "own", delayMs: 0, body: go });
  }

  function go(step: Step) {
    for (const { key, result, error } of settled.splice(0)) {
      if (error !== undefined) queue.addRateLimited(step, key);
      else queue.forget(key);
      queue.done(key);
      if (result) queue.addAfter(step, key, result.againAfterMs);
    }
    for (const each of outbox.splice(0)) send(step, each);
    if (queue.processing > 0 && underWay === 0) {
      throw new Error(
        `Cannot go on with ${definition.name}: it awaits something that is not of the simulation, await only what context.api gives`,
      );
    }
    while (isOpen && queue.size > 0 && queue.processing < workersMax) work(step, queue.take() as string);
  }

  function send(step: Step, { request, resolve, reject }: Asked) {
    const { group, resource, subresource, verb } = request;
    const line = `${verb} ${group === "" ? resource : `${resource}.${group}`}${subresource ? `/${subresource}` : ""}`;
    watching.asked.push({ line, isWrite: !reads.has(verb), atMs: step.uptimeMs });
    underWay++;
    client.request<unknown>(step, request, (outcome, later) => {
      underWay--;
      if (outcome.ok) resolve(structuredClone(outcome.value));
      else reject(apiError(outcome.failure));
      watching.woken();
      soon(later);
    });
  }

  function work(step: Step, key: string) {
    turns++;
    const [namespace = "", name = ""] = key.includes("/") ? key.split("/") : ["", key];
    const ask = (request: ClientRequest) =>
      new Promise<unknown>((resolve, reject) => void outbox.push({ request, resolve, reject }));
    const context: ReconcileContext = {
      namespace,
      name,
      object: about.get(key),
      mirror: (plural) => [...(mirrors.get(plural)?.values() ?? [])],
      api: <Api>(api: string) => clientNodeApi(api, ask) as Api,
      memory,
      nowMs: step.nowMs,
    };
    Promise.resolve()
      .then(() => definition.reconcile(context))
      .then(
        (result) => settled.push({ key, result }),
        (error: unknown) => settled.push({ key, error }),
      );
    watching.woken();
    soon(step);
  }

  return {
    open(step: Step) {
      isOpen = true;
      soon(step);
    },
    handle(event: { readonly type: string }, step: Step): boolean {
      const isTaken = client.handle(event, step);
      if (isOpen && queue.size > 0 && queue.processing < workersMax) soon(step);
      return isTaken;
    },
    takePiece: (piece: Parameters<ApiClient["takePiece"]>[0], step: Step) => client.takePiece(piece, step),
    digest: () => turns * 65_536 + queue.size * 256 + underWay,
  };
}

/** As @kubernetes/client-node throws it: with the HTTP status and the Status. */
function apiError({ code, message, status }: Failure): Error {
  return Object.assign(new Error(`HTTP-Code: ${code}\nMessage: ${message}`), { code, body: status });
}
