import { encodeBase64 } from "../../api/base64.ts";
import { secret } from "../../api/kinds/secret.ts";
import { serviceAccount } from "../../api/kinds/service_account.ts";
import { rehearsedAuthority } from "../../api/rehearsed_authority.ts";
import {
  type LegacyClaims,
  legacyIssuer,
  serviceAccountUser,
  tokenSecretAnnotations,
  tokenSecretType,
} from "../../api/service_account_names.ts";
import { type Frozen, keyOf, type Secret, type ServiceAccount } from "../../api/types.ts";
import type { SignAnswer, SigningRequest } from "../../signing/messages.ts";
import { defineLoop, watch } from "../loop.ts";
import { type Action, nothingToDo, type Plan } from "../plan.ts";

/** A Secret for a token, whose it is, and whose certificate goes with it. */
interface Desired {
  readonly secret: Frozen<Secret>;
  readonly rootCa: string;
}

type Account = Frozen<ServiceAccount> | undefined;

/** What is to become of a Secret; undefined: it is as it ought to be. */
type Difference =
  | { readonly do: "remove"; readonly secret: Frozen<Secret> }
  | {
      readonly do: "fill";
      readonly secret: Frozen<Secret>;
      readonly account: Frozen<ServiceAccount>;
      readonly ca: string;
    }
  | undefined;

/**
 * Fills Secrets of the type `kubernetes.io/service-account-token` with a token of the account that they name, the
 * authority's certificate and their namespace, and removes them with the account.
 *
 * It watches ServiceAccounts and those Secrets, which it writes but does not make; it follows Kubernetes'
 * `serviceaccount-token-controller`.
 */
export const serviceAccountToken = defineLoop<Desired, Account, Difference, { readonly rootCa: string }>({
  name: "serviceaccount-token",
  component: "tokens-controller",
  // As in Kubernetes: who makes tokens for accounts has none itself.
  account: "",
  watches: [
    watch<Secret>({
      kind: secret,
      fieldSelector: `type=${tokenSecretType}`,
      indexes: { account: (object) => [accountKey(object)] },
      keys: ({ object }) => [keyOf(object)],
    }),
    watch<ServiceAccount>({
      kind: serviceAccount,
      keys: ({ object }, { listers }) => listers.of(secret).by("account", keyOf(object)).map(keyOf),
    }),
  ],
  begin: ({ rootCa = rehearsedAuthority }) => ({ rootCa }),

  obtain(key, listers, { memory }) {
    const found = listers.of(secret).get(key);
    return found && !found.metadata.deletionTimestamp ? { secret: found, rootCa: memory.rootCa } : undefined;
  },

  observe(desired, listers) {
    const found = listers.of(serviceAccount).get(accountKey(desired.secret));
    return found && isMeant(desired.secret, found) ? found : undefined;
  },

  difference(desired, account) {
    if (!account) return { do: "remove", secret: desired.secret };
    const { namespace = "" } = desired.secret.metadata;
    const { data = {} } = desired.secret;
    const ca = encodeBase64(desired.rootCa);
    const isFilled = data["ca.crt"] === ca && data.namespace === encodeBase64(namespace) && data.token !== undefined;
    return isFilled ? undefined : { do: "fill", secret: desired.secret, account, ca };
  },

  reconcile(difference) {
    if (!difference) return nothingToDo;
    return difference.do === "remove" ? removal(difference.secret) : filling(difference);
  },
});

function accountKey({ metadata: { namespace, annotations } }: Frozen<Secret>): string {
  return `${namespace}/${annotations?.[tokenSecretAnnotations.name] ?? ""}`;
}

/** A Secret that has been filled once is this very account's, and no namesake's. */
function isMeant({ metadata }: Frozen<Secret>, account: Frozen<ServiceAccount>): boolean {
  const uid = metadata.annotations?.[tokenSecretAnnotations.uid] ?? "";
  return uid === "" || uid === account.metadata.uid;
}

function removal(object: Frozen<Secret>): Plan {
  const { namespace, name, annotations, uid } = object.metadata;
  const accountUid = annotations?.[tokenSecretAnnotations.uid];
  return {
    actions: [
      {
        op: "ensureAbsent",
        kind: serviceAccount,
        namespace,
        name: annotations?.[tokenSecretAnnotations.name] ?? "",
        ...(accountUid ? { uid: accountUid } : {}),
      },
      { op: "delete", kind: secret, namespace, name, ...(uid ? { uid } : {}) },
    ],
  };
}

function filling({ secret: object, account, ca }: Exclude<Difference, undefined> & { do: "fill" }): Plan {
  const { namespace = "", name, annotations } = object.metadata;
  const { name: accountName, uid = "" } = account.metadata;
  const filled = (token: string): Action => {
    const named = { [tokenSecretAnnotations.name]: accountName, [tokenSecretAnnotations.uid]: uid };
    const metadata = { ...object.metadata, annotations: { ...annotations, ...named } };
    const data = { ...object.data, "ca.crt": ca, namespace: encodeBase64(namespace), token };
    const whole: Frozen<Secret> = { ...object, metadata, data };
    return { op: "update", kind: secret, object: whole };
  };
  const kept = object.data?.token;
  if (kept !== undefined) return { actions: [filled(kept)] };
  const claims: LegacyClaims = {
    iss: legacyIssuer,
    "kubernetes.io/serviceaccount/namespace": namespace,
    "kubernetes.io/serviceaccount/secret.name": name,
    "kubernetes.io/serviceaccount/service-account.name": accountName,
    "kubernetes.io/serviceaccount/service-account.uid": uid,
    sub: serviceAccountUser(namespace, accountName),
  };
  const request: SigningRequest = { op: "sign", claims: JSON.stringify(claims) };
  const signed = (answer: unknown) => {
    const { token } = (answer ?? {}) as Partial<Extract<SignAnswer, { ok: true }>>;
    return token === undefined ? [] : [filled(encodeBase64(token))];
  };
  return { actions: [{ op: "device", kind: secret, namespace, name, device: "signing", request, answered: signed }] };
}
