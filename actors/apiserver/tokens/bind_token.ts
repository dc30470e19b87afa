import type { Step } from "../../../runtime/mod.ts";
import type { KindDefinition } from "../../api/kind.ts";
import { node } from "../../api/kinds/node.ts";
import { pod } from "../../api/kinds/pod.ts";
import { secret } from "../../api/kinds/secret.ts";
import { badRequest, conflict, notFound, type Status } from "../../api/status.ts";
import type { Frozen, KubeObject, Pod } from "../../api/types.ts";
import { present } from "../../kit/present.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { Call } from "../requests/call.ts";
import type { BoundClaims, Reference } from "./claims.ts";
import { lookUp, type Shelves } from "./look_up.ts";

/** What a token is to be bound to, as a client names it. */
export interface BoundObjectReference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
}

/** What a token is bound to. */
export type Bound = Pick<BoundClaims, "pod" | "secret" | "node">;

/** What is to be bound, for whom, and who goes on with it. */
export interface Binding {
  readonly call: Call;
  /** Absent: the token is bound to its account alone. */
  readonly reference: BoundObjectReference | undefined;
  readonly done: Done;
}

type Done = (bound: Result<Bound, Status>, step: Step) => void;

const kinds: Readonly<Record<string, KindDefinition<never> | undefined>> = {
  Pod: pod as never,
  Secret: secret as never,
  Node: node as never,
};

/** Finds what a token is to be bound to; a pod's token names the pod's node as well. */
export function bindToken(shelves: Shelves, { call, reference, done }: Binding, step: Step) {
  if (!reference) return done(ok({}), step);
  const [version = "", group = ""] = (reference.apiVersion ?? "").split("/").reverse();
  const { kind: sort = "", name = "", uid = "" } = reference;
  const kind = (group === "" && Object.hasOwn(kinds, sort) ? kinds[sort] : undefined) as KindDefinition | undefined;
  if (!kind) {
    return done(failed(badRequest(`cannot bind token to object of type ${group}/${version}, Kind=${sort}`)), step);
  }
  const isRight = ({ metadata }: Frozen<KubeObject>) => uid === "" || metadata.uid === uid;
  const place = kind.namespaced ? { namespace: call.namespace } : {};
  lookUp(
    shelves,
    {
      kind,
      ...place,
      name,
      isRight,
      done: (found, later) => {
        if (!found.ok) return done(found, later);
        const object = found.value;
        if (!object) return done(failed(notFound({ group: "", resource: kind.plural }, name)), later);
        const refused = kind.kind === "Pod" ? accountError(object as Frozen<Pod>, call.name) : undefined;
        if (refused) return done(failed(refused), later);
        if (!isRight(object)) {
          const why = `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`;
          return done(failed(conflict({ group, resource: sort }, name, why)), later);
        }
        if (kind.kind === "Secret") done(ok({ secret: referenceTo(object) }), later);
        else if (kind.kind === "Node") done(ok({ node: referenceTo(object) }), later);
        else bindToPod(shelves, { object: object as Frozen<Pod>, done }, later);
      },
    },
    step,
  );
}

function accountError({ spec }: Frozen<Pod>, account: string): Status | undefined {
  const { serviceAccountName = "" } = spec;
  if (serviceAccountName === account) return undefined;
  return badRequest(
    `cannot bind token for serviceaccount "${account}" to pod running with serviceaccount "${serviceAccountName}"`,
  );
}

function bindToPod(
  shelves: Shelves,
  { object, done }: { readonly object: Frozen<Pod>; readonly done: Done },
  step: Step,
) {
  const own = referenceTo(object);
  const { nodeName } = object.spec;
  if (!nodeName) return done(ok({ pod: own }), step);
  lookUp(
    shelves,
    {
      kind: node as never,
      name: nodeName,
      done: (found, later) => {
        if (!found.ok) done(found, later);
        // The node may be gone before its pods are.
        else done(ok({ node: found.value ? referenceTo(found.value) : { name: nodeName }, pod: own }), later);
      },
    },
    step,
  );
}

function referenceTo({ metadata: { name, uid } }: Frozen<KubeObject>): Reference {
  return { name, ...present({ uid }) };
}
