import { open, readFile } from "node:fs/promises";
import { dump } from "js-yaml";
import { yamlToJson } from "../../actors/api/yaml.ts";
import type { Credentials } from "./certificates.ts";
import { InputError } from "./input_error.ts";
import { secretMode, writeWhole } from "./write_whole.ts";

const cluster = "kubetroupe";
const user = "kubernetes-admin";
const context = `${user}@${cluster}`;

/**
 * The text of a kubeconfig that makes its reader the administrator of the cluster at `server`.
 *
 * @example
 * kubeconfigText({ server: "https://127.0.0.1:6443", credentials })
 */
export function kubeconfigText({
  server,
  credentials,
}: {
  readonly server: string;
  readonly credentials: Credentials;
}): string {
  const { caCert, admin } = credentials;
  return dump(
    {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: cluster, cluster: { server, "certificate-authority-data": base64(caCert) } }],
      users: [
        {
          name: user,
          user: { "client-certificate-data": base64(admin.cert), "client-key-data": base64(admin.key) },
        },
      ],
      contexts: [{ name: context, context: { cluster, user } }],
      "current-context": context,
    },
    { lineWidth: -1 },
  );
}

/**
 * Writes a kubeconfig for its owner's eyes only, whole or not at all. A file of an earlier cluster of ours is replaced,
 * any other is left alone: it may be the only key to somebody's cluster.
 *
 * @throws InputError when it cannot be written, or is somebody else's
 */
export async function writeKubeconfig(path: string, text: string): Promise<void> {
  const present = await readFile(path, "utf8").catch(({ code }: NodeJS.ErrnoException) => {
    // A folder is refused by who writes.
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return undefined;
    throw new InputError(
      `Cannot write kubeconfig "${path}": what it holds cannot be read (${code}), choose another with --kubeconfig`,
    );
  });
  if (present !== undefined && !isOurs(present)) {
    throw new InputError(
      `Cannot write kubeconfig "${path}": it holds something else already, choose another with --kubeconfig`,
    );
  }
  if (present === text) return;
  try {
    await writeWhole(path, text, { mode: secretMode });
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    if (code !== "ENOSPC" || present === undefined) throw error;
    await writeOver(path, text);
  }
}

/** On a full disk there is room for a file only where the old one is; one that is torn is not even YAML. */
async function writeOver(path: string, text: string) {
  const file = await open(path, "r+");
  try {
    await file.write(text, 0);
    await file.truncate(Buffer.byteLength(text));
  } finally {
    await file.close();
  }
}

function isOurs(text: string): boolean {
  const yaml = yamlToJson(text);
  if (!yaml.ok) return false;
  try {
    const { clusters } = JSON.parse(yaml.value.json) as { readonly clusters: readonly { readonly name: string }[] };
    return clusters.length > 0 && clusters.every(({ name }) => name === cluster);
  } catch {
    return false;
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
