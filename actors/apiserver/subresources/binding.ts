import type { Step } from "../../../runtime/mod.ts";
import { setCondition } from "../../api/conditions.ts";
import { storageKey } from "../../api/kind.ts";
import { badRequest, conflict, created, notFound, type Status } from "../../api/status.ts";
import { type Frozen, type KubeObject, type Pod, type PodCondition, thaw } from "../../api/types.ts";
import { present } from "../../kit/present.ts";
import { admit } from "../admission/_chain.ts";
import type { Verdict } from "../admission/_plugin.ts";
import { parseJson, placeInNamespace } from "../requests/body.ts";
import { type Call, isDryRun, respondStatus } from "../requests/call.ts";
import { checkFields } from "../requests/field_validation.ts";
import { existing } from "../requests/write_object.ts";
import { cacheOf, type Server } from "../server.ts";
import { type Change, guaranteedUpdate } from "../storage/guaranteed_update.ts";
import { encodeChanged, type Item } from "../storage/item.ts";
import { isPod, type Subresource } from "./_subresource.ts";

/** A Binding: which pod goes to which node. */
interface Binding extends KubeObject {
  readonly target?: { readonly kind?: string; readonly name?: string };
}

const bindingKind = { kind: "Binding", version: "v1", schema: "io.k8s.api.core.v1.Binding" };
const bindings = { group: "", resource: "pods/binding" };
const pods = { group: "", resource: "pods" };

/** Binds a pod to a node: once, and for good. */
export const binding: Subresource = {
  name: "binding",
  isOf: isPod,
  verbs: ["create"],
  responseKind: { group: "", version: "v1", kind: "Binding" },
  serve: createBinding,
};

function createBinding(server: Server, call: Call, step: Step) {
  const parsed = parseJson(call.request.body ?? "", "body of the request");
  if (!parsed.ok) return respondStatus(call, step, parsed.failure);
  const draft = parsed.value as unknown as Binding;
  const wrong =
    checkFields(call, draft, { kind: bindingKind }) ??
    placeInNamespace(call, draft, call.kind) ??
    bindingError(call, draft);
  if (wrong) return respondStatus(call, step, wrong);
  const verdict: Verdict = (refusal, later) => {
    if (refusal) respondStatus(call, later, refusal);
    else bind(server, { call, binding: draft }, later);
  };
  admit({ operation: "CREATE", server, call, draft }, verdict, step);
}

function bind(server: Server, { call, binding }: { readonly call: Call; readonly binding: Binding }, step: Step) {
  const { namespace, name } = call;
  const key = storageKey(call.kind, { namespace, name });
  guaranteedUpdate(server.store, step, {
    key,
    resource: bindings,
    name,
    cached: cacheOf(server, call.kind).items.get(key),
    dryRun: isDryRun(call),
    decide: ({ item }, decided, now) => {
      if (item) decided(bound(existing(call, item) as Frozen<Pod>, { item, binding }, now), now);
      else decided({ do: "refuse", status: notFound(pods, name) }, now);
    },
    done: (outcome, later) => {
      if (!outcome.ok) return respondStatus(call, later, outcome.failure);
      respondStatus(call, later, created());
    },
  });
}

function bindingError(call: Call, { metadata, target }: Binding): Status | undefined {
  if (metadata.name && metadata.name !== call.name)
    return badRequest("name in URL does not match name in Binding object");
  if (!target?.name) return badRequest("Binding is invalid: target.name: Required value");
  if (target.kind && target.kind !== "Node") {
    return badRequest(`Binding is invalid: target.kind: Unsupported value: "${target.kind}": supported values: "Node"`);
  }
  return undefined;
}

interface Bound {
  readonly item: Item;
  readonly binding: Binding;
}

/** Nobody owns what a binding changes, as in Kubernetes. */
function bound(pod: Frozen<Pod>, { item, binding }: Bound, step: Step): Change {
  const { metadata, target } = binding;
  const refusal = bindRefusal(pod, metadata.uid);
  if (refusal) return { do: "refuse", status: conflict(bindings, pod.metadata.name, refusal) };
  const draft = thaw(pod) as Pod;
  // Checked by bindingError.
  draft.spec.nodeName = target?.name ?? "";
  if (metadata.annotations) draft.metadata.annotations = { ...draft.metadata.annotations, ...metadata.annotations };
  const { generation } = draft.metadata;
  const scheduled: PodCondition = {
    ...{ type: "PodScheduled", status: "True" },
    ...present({ observedGeneration: generation }),
  };
  draft.status.conditions = [
    ...setCondition<PodCondition>(draft.status.conditions, { condition: scheduled, nowMs: step.nowMs }),
  ];
  return { do: "put", text: encodeChanged(draft, item) };
}

function bindRefusal({ metadata, spec }: Frozen<Pod>, uid: string | undefined): string | undefined {
  const { name } = metadata;
  if (uid && uid !== metadata.uid) {
    return `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${metadata.uid ?? ""}`;
  }
  if (metadata.deletionTimestamp) return `pod ${name} is being deleted, cannot be assigned to a host`;
  if (spec.nodeName) return `pod ${name} is already assigned to node "${spec.nodeName}"`;
  if ((spec.schedulingGates ?? []).length > 0) return `pod ${name} has non-empty .spec.schedulingGates`;
  return undefined;
}
