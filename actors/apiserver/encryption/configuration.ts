/**
 * How an API server seals what it stores.
 *
 * @see https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
 */

/** A way of sealing, with its keys: the first seals, all open. */
export type EncryptionProvider =
  | { readonly sort: "identity" }
  | { readonly sort: "aescbc" | "aesgcm" | "secretbox"; readonly keys: readonly EncryptionKey[] };

/** A key by its name, in base64. */
export interface EncryptionKey {
  readonly name: string;
  readonly secret: string;
}

/** Which resources are sealed how: the first provider seals, all open. */
export interface EncryptionRule {
  /** As `secrets`, `deployments.apps`, `*.apps`, `*.` for the core group, and `*.*` for all. */
  readonly resources: readonly string[];
  readonly providers: readonly EncryptionProvider[];
}

/** What is sealed, the first rule that means a resource holds. */
export type EncryptionRules = readonly EncryptionRule[];
