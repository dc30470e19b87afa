import { type LegacyClaims, serviceAccountGroups, serviceAccountUser } from "../../api/service_account_names.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import { present } from "../../kit/present.ts";
import type { ApiServerInput, User } from "../messages.ts";

/** An object that a token names, this very one. */
export interface Reference {
  readonly name: string;
  readonly uid?: string;
}

/** What a token says of whom it is for, in Kubernetes' own names. */
export interface BoundClaims {
  readonly namespace: string;
  readonly serviceaccount: Reference;
  readonly pod?: Reference;
  readonly secret?: Reference;
  readonly node?: Reference;
  /** From when on it is an outdated one, though it still works. In seconds since 1970, as all times in tokens. */
  readonly warnafter?: number;
}

/** The claims of a service account's token. */
export interface TokenClaims {
  readonly aud: readonly string[];
  readonly exp: number;
  readonly iat: number;
  readonly iss: string;
  readonly jti: string;
  readonly "kubernetes.io": BoundClaims;
  readonly nbf: number;
  readonly sub: string;
}

/** Who signs tokens, as tokens say; it is also for whom they are when nobody else is named. */
export function issuerOf({ issuer = "https://kubernetes.default.svc.cluster.local" }: Pick<ApiServerInput, "issuer">) {
  return issuer;
}

/** What a token is to say. */
export interface Claimed {
  readonly account: Frozen<KubeObject>;
  readonly bound: Pick<BoundClaims, "pod" | "secret" | "node">;
  readonly audiences: readonly string[];
  readonly issuer: string;
  readonly id: string;
  readonly expirationSeconds: number;
  /** Default: it is never outdated before its end. */
  readonly warnAfterSeconds?: number | undefined;
}

/** The claims of a new token. */
export function tokenClaims(claimed: Claimed, nowMs: number): TokenClaims {
  const { account, bound, audiences, issuer, id, expirationSeconds, warnAfterSeconds } = claimed;
  const { namespace = "", name, uid } = account.metadata;
  const now = Math.floor(nowMs / 1_000);
  const warnafter = warnAfterSeconds === undefined ? undefined : now + warnAfterSeconds;
  return {
    aud: audiences,
    exp: now + expirationSeconds,
    iat: now,
    iss: issuer,
    jti: id,
    "kubernetes.io": { namespace, ...bound, serviceaccount: { name, ...present({ uid }) }, ...present({ warnafter }) },
    nbf: now,
    sub: serviceAccountUser(namespace, name),
  };
}

/** Reads the claims of a token that our key signed; undefined for those of another sort. */
export function parseClaims(text: string): TokenClaims | LegacyClaims | undefined {
  try {
    const claims = JSON.parse(text) as Record<string, unknown>;
    const isKnown = typeof claims?.iss === "string" && typeof claims.sub === "string";
    // Whoever has the key has made them: the fields are those of our own claims.
    return isKnown ? (claims as unknown as TokenClaims | LegacyClaims) : undefined;
  } catch {
    return undefined;
  }
}

/** Who shows a token. */
export function userOfToken(claims: TokenClaims): User {
  const { namespace, serviceaccount, pod, node } = claims["kubernetes.io"];
  const told = [
    ["credential-id", claims.jti === undefined ? undefined : `JTI=${claims.jti}`],
    ["node-name", node?.name],
    ["node-uid", node?.uid],
    ["pod-name", pod?.name],
    ["pod-uid", pod?.uid],
  ] as const;
  const extra = told.flatMap(([name, value]) =>
    value === undefined ? [] : [[`authentication.kubernetes.io/${name}`, [value]] as const],
  );
  return {
    name: serviceAccountUser(namespace, serviceaccount.name),
    ...present({ uid: serviceaccount.uid }),
    groups: [...serviceAccountGroups(namespace), "system:authenticated"],
    ...(extra.length > 0 ? { extra: Object.fromEntries(extra) } : {}),
  };
}
