import type { Step } from "../../../runtime/mod.ts";
import type { KindDefinition } from "../../api/kind.ts";
import { node } from "../../api/kinds/node.ts";
import { pod } from "../../api/kinds/pod.ts";
import { secret } from "../../api/kinds/secret.ts";
import { serviceAccount } from "../../api/kinds/service_account.ts";
import { parseTime } from "../../api/time.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import type { Reference, TokenClaims } from "./claims.ts";
import { lookUp, type Shelves } from "./look_up.ts";

/** Clocks may differ by so much, as in Kubernetes. */
const leewayMs = 60_000;

/** What claims are held against. */
export interface Judging {
  readonly claims: Pick<TokenClaims, "exp" | "nbf" | "kubernetes.io">;
  readonly shelves: Shelves;
}

/** Goes on with what is wrong with the claims, if anything is. */
export type Judged = (wrong: string | undefined, step: Step) => void;

/** What is wrong with claims at a time, whatever else there is. */
function timeError({ exp, nbf }: Pick<TokenClaims, "exp" | "nbf">, nowMs: number): string | undefined {
  if (exp !== undefined && nowMs > exp * 1_000 + leewayMs) return "service account token has expired";
  if (nbf !== undefined && nowMs < nbf * 1_000 - leewayMs) return "service account token is not valid yet";
  return undefined;
}

/** Something that has to be there, this very one, for a token to be good. */
interface Needed {
  readonly kind: KindDefinition<KubeObject>;
  readonly namespace?: string;
  readonly reference: Reference;
  /** How it is told that another one is there. */
  readonly words: string;
  /** What is said when there is none. */
  readonly missing: string;
}

/**
 * Whether a token is good: for its time, and as long as what it was made for is there.
 *
 * @see https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens
 */
export function judgeClaims({ claims, shelves }: Judging, step: Step, done: Judged) {
  const wrong = timeError(claims, step.nowMs);
  if (wrong) return done(wrong, step);
  judgeFrom({ shelves, needed: neededBy(claims), done }, step);
}

function neededBy({ "kubernetes.io": bound }: Pick<TokenClaims, "kubernetes.io">): readonly Needed[] {
  const { namespace, serviceaccount, pod: boundPod, node: boundNode, secret: boundSecret } = bound;
  const invalidated = "service account token has been invalidated";
  const account: Needed = {
    kind: serviceAccount as never,
    namespace,
    reference: serviceaccount,
    words: "service account UID (%) does not match claim",
    missing: `serviceaccounts "${serviceaccount.name}" not found`,
  };
  const part = (kind: unknown, reference: Reference | undefined, words: string): Needed[] =>
    reference ? [{ kind: kind as never, namespace, reference, words, missing: invalidated }] : [];
  return [
    account,
    ...part(secret, boundSecret, "secret UID (%) does not match service account secret ref claim"),
    ...part(pod, boundPod, "pod UID (%) does not match service account pod ref claim"),
    // A pod's token names its node as well, and outlives it.
    ...(boundPod
      ? []
      : part(node, boundNode, "node UID (%) does not match service account node ref claim").map(
          ({ namespace: _none, ...rest }) => rest,
        )),
  ];
}

function judgeFrom(judging: { shelves: Shelves; needed: readonly Needed[]; done: Judged }, step: Step, at = 0) {
  const { shelves, needed, done } = judging;
  const next = needed[at];
  if (!next) return done(undefined, step);
  const { kind, namespace, reference } = next;
  const isRight = ({ metadata }: Frozen<KubeObject>) => reference.uid === undefined || metadata.uid === reference.uid;
  lookUp(
    shelves,
    {
      kind,
      name: reference.name,
      isRight,
      ...(namespace ? { namespace } : {}),
      done: (found, later) => {
        const wrong = found.ok ? objectError(next, found.value, later.nowMs) : found.failure.message;
        if (wrong) done(wrong, later);
        else judgeFrom(judging, later, at + 1);
      },
    },
    step,
  );
}

function objectError(needed: Needed, object: Frozen<KubeObject> | undefined, nowMs: number): string | undefined {
  const { reference, words, missing, kind, namespace } = needed;
  if (!object) return missing;
  const { uid = "", deletionTimestamp } = object.metadata;
  if (deletionTimestamp && (parseTime(deletionTimestamp) ?? nowMs) < nowMs - leewayMs) {
    return kind.kind === "ServiceAccount" ? `service account ${namespace}/${reference.name} has been deleted` : missing;
  }
  if (reference.uid === undefined || reference.uid === uid) return undefined;
  return `${words.replace("%", uid)} (${reference.uid})`;
}
