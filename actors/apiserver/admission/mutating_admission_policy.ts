import { structShape } from "../../api/apply/kind_shape.ts";
import { mergeOver } from "../../api/apply/merge.ts";
import { typedConfigError } from "../../api/apply/typed_config.ts";
import { type Evaluating, errorText, resultOf, withMutationTypes } from "../../api/cel/admission.ts";
import { plainValue } from "../../api/cel/plain_value.ts";
import { isError, isList, isMap } from "../../api/cel/values.ts";
import {
  type MutatingAdmissionPolicy,
  type Mutation,
  mutatingAdmissionPolicyRules as policyKind,
} from "../../api/kinds/mutating_admission_policy.ts";
import { mutatingAdmissionPolicyBindingRules as bindingKind } from "../../api/kinds/mutating_admission_policy_binding.ts";
import { forbiddenStatus, type Status } from "../../api/status.ts";
import { type Fields, type Frozen, jsonEqual, type KubeObject, thaw } from "../../api/types.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import { groupResource } from "../requests/call.ts";
import { cacheOf } from "../server.ts";
import type { AdmissionPlugin, Admitting } from "./_plugin.ts";
import { changeDraft, replaceDraft } from "./dynamic/change_draft.ts";
import { withNamespace } from "./dynamic/hooks.ts";
import { convert } from "./dynamic/matching.ts";
import { type Applied, appliedPolicies, evaluatingFor, type Place, type Policy } from "./dynamic/policies.ts";
import { beginRound, endRound, hasChanged, isInRound, type Round } from "./dynamic/rounds.ts";

type Changing = Policy & MutatingAdmissionPolicy;

/**
 * Changes what is written by the expressions of policies, where bindings say that they hold.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/
 */
export const mutatingAdmissionPolicy: AdmissionPlugin = {
  name: "MutatingAdmissionPolicy",
  place: 31,
  handles: [{ operations: ["CREATE", "UPDATE", "CONNECT"], resources: ["*/*"] }],
  isIdle: ({ server }) => cacheOf(server, bindingKind).items.size === 0,
  admit(admitting, verdict, step) {
    withNamespace(admitting, step, {
      verdict,
      go(namespace, later) {
        const round = beginRound(admitting, "MutatingAdmissionPolicy");
        const refusal = change({ admitting, namespace }, round);
        endRound(round, admitting);
        verdict(refusal, later);
      },
    });
  },
};

/** Applies all policies one after the other; each sees what those before it made of the object. */
function change(place: Place, round: Round): Status | undefined {
  const { admitting } = place;
  const wrongs: string[] = [];
  if (!admitting.draft) return undefined;
  for (const applied of appliedPolicies<Changing>(place, { policy: policyKind, binding: bindingKind })) {
    const { policy, binding } = applied;
    const isStrict = policy.spec.failurePolicy !== "Ignore";
    const by = `policy '${policy.metadata.name}' with binding '${binding.metadata.name}'`;
    const tell = (why: string) => (isStrict ? void wrongs.push(`${by} denied request: ${why}`) : undefined);
    if (!applied.params.ok) {
      tell(`failed to configure binding: ${applied.params.failure}`);
      continue;
    }
    for (const params of applied.params.value) {
      const { name = "", namespace = "" } = params?.metadata ?? {};
      const id = `${policy.metadata.name}/${binding.metadata.name}/${namespace}/${name}`;
      if (!isInRound(round, id)) continue;
      const before = JSON.stringify(admitting.draft);
      const isMeant = mutateBy(place, { applied, params, tell });
      if (before !== JSON.stringify(admitting.draft)) hasChanged(round, admitting);
      if (isMeant && policy.spec.reinvocationPolicy === "IfNeeded") round.reinvocable.add(id);
    }
  }
  return wrongs.length > 0 ? denial(admitting, wrongs) : undefined;
}

interface Invocation {
  readonly applied: Applied<Changing>;
  readonly params: Frozen<KubeObject> | undefined;
  readonly tell: (why: string) => void;
}

/** Whether the policy is about the request at all. */
function mutateBy(place: Place, { applied, params, tell }: Invocation): boolean {
  for (const mutation of applied.policy.spec.mutations ?? []) {
    // What one has changed the next one's variables are made of.
    const evaluating = evaluatingFor(place, applied as unknown as Applied<Policy>, params);
    if (!evaluating.ok) {
      tell(evaluating.failure);
      return false;
    }
    if (!evaluating.value) return false;
    const { known } = evaluating.value;
    const given = { ...evaluating.value, known: withMutationTypes(known) };
    const done = mutateOnce(place, { applied, mutation, given });
    if (!done.ok) tell(done.failure);
  }
  return true;
}

interface Single {
  readonly applied: Applied<Changing>;
  readonly mutation: Frozen<Mutation>;
  readonly given: Evaluating;
}

function mutateOnce({ admitting }: Place, { applied, mutation, given }: Single): Result<boolean, string> {
  const { kind, policy } = applied;
  const by = `policy "${policy.metadata.name}"`;
  if (mutation.patchType === "JSONPatch") {
    const expression = mutation.jsonPatch?.expression ?? "";
    const value = resultOf(expression, given);
    if (!isList(value)) return failed(errorText(expression, value));
    return changeDraft(admitting, { patch: value.map(plainValue), kind, by });
  }
  const expression = mutation.applyConfiguration?.expression ?? "";
  const value = resultOf(expression, given);
  if (isError(value) || !isMap(value)) return failed(errorText(expression, value));
  const { draft, call } = admitting;
  if (!draft) return ok(false);
  const shown = thaw(convert(draft as Frozen<KubeObject>, call.kind, kind)) as unknown as Fields;
  const { apiVersion, kind: name } = shown;
  const config = { ...(plainValue(value) as Fields), apiVersion, kind: name };
  const shape = structShape(kind.schema);
  const wrong = typedConfigError(config, shape);
  if (wrong !== undefined) return failed(`error applying patch: ${wrong}`);
  const made = mergeOver(shown, config, shape);
  return jsonEqual(made, shown) ? ok(false) : replaceDraft(admitting, { made, kind, shown });
}

function denial({ call, draft, old }: Admitting, wrongs: readonly string[]): Status {
  const name = call.name || (draft ?? old)?.metadata.name || draft?.metadata.generateName || "";
  const [first = ""] = wrongs;
  const status = forbiddenStatus(groupResource(call), name, first);
  const causes = wrongs.map((message) => ({ message }));
  return { ...status, message: first, reason: "Invalid", details: { ...status.details, causes } };
}
