/**
 * How service accounts are named where users are: by their namespace and name, in two groups.
 */

const userName = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** The user that a service account is. */
export function serviceAccountUser(namespace: string, name: string): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** The groups of a namespace's service accounts. */
export function serviceAccountGroups(namespace: string): readonly string[] {
  return ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
}

/** Which service account a user is; undefined for others. */
export function serviceAccountOf(user: string): { readonly namespace: string; readonly name: string } | undefined {
  const [, namespace, name] = userName.exec(user) ?? [];
  return namespace === undefined || name === undefined ? undefined : { namespace, name };
}

/** The claims of a token that is kept in a Secret: it has no end. */
export interface LegacyClaims {
  readonly iss: string;
  readonly "kubernetes.io/serviceaccount/namespace": string;
  readonly "kubernetes.io/serviceaccount/secret.name": string;
  readonly "kubernetes.io/serviceaccount/service-account.name": string;
  readonly "kubernetes.io/serviceaccount/service-account.uid": string;
  readonly sub: string;
}

/** Who signs the tokens of Secrets, as they say. */
export const legacyIssuer = "kubernetes/serviceaccount";

/** The type of a Secret that keeps a token. */
export const tokenSecretType = "kubernetes.io/service-account-token";
/** By these annotations such a Secret names the account. */
export const tokenSecretAnnotations = {
  name: "kubernetes.io/service-account.name",
  uid: "kubernetes.io/service-account.uid",
} as const;
