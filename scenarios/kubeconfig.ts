import { stringify } from "yaml";
import type { Credentials } from "./certificates.ts";
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
  return stringify(
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
    { lineWidth: 0 },
  );
}

/**
 * Writes a kubeconfig for its owner's eyes only, whole or not at all.
 *
 * @throws InputError when it cannot be written
 */
export function writeKubeconfig(path: string, text: string): Promise<void> {
  return writeWhole(path, text, { mode: secretMode });
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}
