import { setup } from "xstate";
import type { Fields } from "../../../actors/api/types.ts";
import type { ApiServerRequest } from "../../../actors/apiserver/messages.ts";
import { type ChartTypes, defineActor, reducers, type Step } from "../../../runtime/mod.ts";
import { beat, closeWatches, collect, drop, emptyModel, hasKubelets, keyOf, type ModelApiData, put } from "./data.ts";
import type { ModelApiInput, ModelDeed } from "./messages.ts";
import { play, takeTurn } from "./pods.ts";
import { isEnd, make, remove, serve } from "./requests.ts";
import { merged } from "./selected.ts";

const { on, act, begin } = reducers<ModelApiData, ApiServerRequest>();
const heartbeatMs = 5_000;

/** The address of a modelled API. */
export const modelApiAddress = "api";

/** Does what is due, and sets a timer for what is next. */
function proceed(data: ModelApiData, step: Step) {
  const nowMs = step.uptimeMs;
  const { deeds, lapses, turns, changes } = data;
  for (let deed = deeds[data.done]; deed && deed.atMs <= nowMs; deed = deeds[data.done]) {
    data.done++;
    carryOut(data, deed, step);
  }
  for (let lapse = lapses[data.lapsed]; lapse && lapse.atMs <= nowMs; lapse = lapses[data.lapsed]) {
    data.lapsed++;
    if (lapse.op === "forget") data.oldest = data.version;
    closeWatches(data, step);
  }
  for (let turn = turns[0]; turn && turn.atMs <= nowMs; turn = turns[0]) {
    turns.shift();
    // What has lost its owner is deleted as a user would.
    const object = data.objects.get(turn.key);
    if (turn.turn !== "orphan") takeTurn(data, turn, step);
    else if (object?.metadata.uid === turn.uid)
      remove(data, { resource: turn.key.slice(0, turn.key.indexOf("/")), key: turn.key, found: object }, step);
  }
  for (const deed of data.waiting.splice(0)) carryOut(data, deed, step);
  for (let change = changes[data.noticed]; change; change = changes[data.noticed]) {
    data.noticed++;
    if (change.resource === "pods") play(data, change, step);
  }
  const next = [deeds[data.done], lapses[data.lapsed], turns[0]].flatMap((each) => (each ? [each.atMs] : []));
  if (next.length > 0) step.timer("next", Math.max(0, Math.min(...next) - nowMs));
}

function carryOut(data: ModelApiData, deed: ModelDeed, step: Step) {
  const { resource } = deed;
  if (deed.op === "put") {
    const key = keyOf(resource, deed.object.metadata as { readonly name: string });
    if (!hasKubelets(data)) put(data, { resource, key, object: deed.object }, step);
    else if (data.objects.has(key) && resource === "pods") data.waiting.push(deed);
    else make(data, { resource, key, object: deed.object }, step);
    return;
  }
  const key = keyOf(resource, deed);
  const found = data.objects.get(key);
  if (!found) return;
  if (deed.op === "remove" && resource === "nodes" && !data.isCollected) collect(data, deed.name, step);
  if (deed.op === "remove") {
    const { force, graceSeconds = force ? 0 : undefined } = deed;
    const body = graceSeconds === undefined ? {} : { gracePeriodSeconds: graceSeconds };
    remove(data, { resource, key, found, body }, step);
    return;
  }
  const object = merged(found, deed.patch) as Fields & typeof found;
  if (hasKubelets(data) && isEnd(object.metadata, resource)) drop(data, { resource, key }, step);
  else put(data, { resource, key, object }, step);
}

/**
 * An API in one small actor, without storage, validation or lag of its own, for suites of one component: it serves as
 * much as that component asks for, does what the run's users do, and ends pods that have to go.
 */
export const modelApi = defineActor<ModelApiInput>({
  kind: "model_api",
  module: import.meta.url,
  digest: ({ version }: ModelApiData) => version,
  machine: setup({
    types: {} as ChartTypes<ModelApiData, ApiServerRequest, ModelApiInput>,
    actions: {
      serve: on("api.request", (data, mail, step) => {
        if (mail.body.verb === "watch") step.monitor(mail.from);
        serve(data, mail, step);
        proceed(data, step);
      }),
      unwatch: on("api.unwatch", ({ watchers }, { from, body }) => {
        const index = watchers.findIndex(({ to, watch }) => to === from && watch === body.watch);
        if (index >= 0) watchers.splice(index, 1);
      }),
      forget: on("down", ({ watchers }, { address }) => {
        for (let index = watchers.length - 1; index >= 0; index--) {
          if (watchers[index]?.to === address) watchers.splice(index, 1);
        }
      }),
      proceed: act((data, _event, step) => proceed(data, step)),
      beat: act((data, _event, step) => {
        beat(data, step);
        step.timer("beat", heartbeatMs);
      }),
    },
  }).createMachine({
    id: "model_api",
    context: begin(emptyModel),
    initial: "serving",
    states: {
      serving: {
        entry: ["proceed", "beat"],
        on: {
          "api.request": { actions: "serve" },
          "api.unwatch": { actions: "unwatch" },
          down: { actions: "forget" },
          "timer.next": { actions: "proceed" },
          "timer.beat": { actions: "beat" },
        },
      },
    },
  }),
});
