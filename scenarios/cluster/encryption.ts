import { readFileSync } from "node:fs";
import { load } from "js-yaml";
import type { EncryptionRules } from "../../actors/apiserver/encryption/configuration.ts";
import { readEncryption } from "../../actors/apiserver/encryption/read_configuration.ts";
import { InputError, messageOf } from "./input_error.ts";

/**
 * Reads a file with an EncryptionConfiguration in YAML, as kube-apiserver's `--encryption-provider-config` takes it.
 *
 * @throws InputError when there is none, or it is no such configuration; it never shows a key
 * @see https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/
 */
export function readEncryptionConfiguration(path: string): EncryptionRules {
  let parsed: unknown;
  try {
    parsed = load(readFileSync(path, "utf8"));
  } catch (error) {
    // What a parser says of a text shows some of it.
    const why = error instanceof Error && "code" in error ? messageOf(error) : "it is no YAML";
    throw new InputError(`Cannot read the encryption configuration "${path}": ${why}`);
  }
  const found = readEncryption(parsed);
  if (found.ok) return found.value;
  throw new InputError(`Cannot use the encryption configuration "${path}": ${found.failure.join("; ")}`);
}

/**
 * Reads a file with one key in base64, by which Secrets are sealed (AES-GCM); what is there already stays readable.
 *
 * @throws InputError when there is none, or it is no key; it never shows what is in the file
 */
export function readEncryptionKey(path: string): EncryptionRules {
  let secret: string;
  try {
    secret = readFileSync(path, "utf8").trim();
  } catch (error) {
    const text = "give the name of a file, for everybody can read what is in a command line";
    // Whoever gives the key itself does not see it again.
    throw new InputError(`Cannot read the encryption key: ${codeOf(error)}, ${text}`);
  }
  const provider = { aesgcm: { keys: [{ name: "key1", secret }] } };
  const resources = [{ resources: ["secrets"], providers: [provider, { identity: {} }] }];
  const kind = "EncryptionConfiguration";
  const found = readEncryption({ apiVersion: "apiserver.config.k8s.io/v1", kind, resources });
  if (found.ok) return found.value;
  throw new InputError(
    `Cannot use the encryption key in "${path}": it must be base64 of 16, 24 or 32 bytes, such as "head -c 32 /dev/urandom | base64" makes`,
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "it cannot be read";
}
