import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { dump } from "js-yaml";
import type { ClusterAccess } from "../../cluster/create_cluster.ts";
import { secretMode } from "../../cluster/write_whole.ts";
import { type Admin, adminOf } from "./admin.ts";
import type { ClientRequest, Exchange, OwnedObject } from "./exchange.ts";
import { type Front, type FrontAnswer, openFront } from "./front.ts";
import { createFrontEngine, type FrontEngine } from "./front_engine.ts";
import type { FrontControl, PlannedFault } from "./front_kind.ts";
import type { OwnProcess } from "./own_process.ts";
import { createWatchGate } from "./watch_gate.ts";

/** A client's own door to a cluster, with faults in it. */
export interface ClientFront {
  readonly front: Front;
  readonly admin: Admin;
  readonly engine: FrontEngine;
  /** All that the client has asked, in the order of its requests. */
  readonly exchanges: readonly Exchange[];
  /** Whether it has asked for nothing for so long, or, when it looks again and again, has not written for much longer. */
  isQuiet(settleMs: number): boolean;
  /** Something was done that it may answer to: its quiet begins anew. */
  stir(): void;
  close(): Promise<void>;
}

/** How a client's door is made. */
export interface ClientFrontOptions {
  readonly access: ClusterAccess;
  readonly plan: readonly PlannedFault[];
  /** Where the client's kubeconfig is written. */
  readonly kubeconfig: string;
  /** Default: any free one. */
  readonly port?: number;
  readonly token: string;
  readonly process: () => OwnProcess | undefined;
  readonly onNote: (text: string) => void;
}

/** Who a client of a front is. */
export const clientUser = { name: "own-controller", uid: "own-controller", groups: ["system:authenticated"] } as const;
/** Who looks again and again is at rest after so many times of quiet without a write. */
const lookers = 5;
const bindingName = "kubetroupe:own-controller";
const bindings = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
const binding = {
  apiVersion: "rbac.authorization.k8s.io/v1",
  kind: "ClusterRoleBinding",
  metadata: { name: bindingName },
  roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
  subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: clientUser.name }],
};

/** A token for a client of a front: the cluster must know it as `clientUser`'s. */
export function newToken(): string {
  return randomBytes(16).toString("hex");
}

/** Opens a client's door, gives the client its rights and writes its kubeconfig. */
export async function openClientFront(options: ClientFrontOptions): Promise<ClientFront> {
  const { access, plan, onNote } = options;
  const admin = await adminOf(access.kubeconfig);
  const gate = createWatchGate();
  const exchanges: Exchange[] = [];
  const owned: OwnedObject[] = [];
  const startedMs = performance.now();
  let newestVersion: string | undefined;
  let wroteAtMs = startedMs;
  let askedAtMs = startedMs;
  let heardAtMs = 0;

  const grant = async (isGranted: boolean) => {
    if (isGranted) await admin.ask("POST", bindings, binding);
    else await admin.ask("DELETE", `${bindings}/${bindingName}`);
  };
  const control: FrontControl = {
    admin,
    gate,
    get process() {
      return options.process();
    },
    closeAll: () => front.closeAll(),
    owned: (resource) => owned.filter((each) => (resource ?? each.resource) === each.resource),
    versionBefore: () => (newestVersion === undefined ? undefined : String(Number(newestVersion) - 1)),
    grant,
    note: onNote,
  };
  const engine = createFrontEngine(plan, control);

  function learn(request: ClientRequest, { code, body }: FrontAnswer) {
    askedAtMs = performance.now();
    exchanges.push({ ...request, code, atMs: Math.round(performance.now() - startedMs) });
    if (!request.isWrite) return;
    wroteAtMs = performance.now();
    const { name, namespace, uid, resourceVersion } = body?.metadata ?? {};
    if (code < 400 && resourceVersion !== undefined) newestVersion = resourceVersion;
    const isMade = code === 201 && request.subresource === undefined && uid !== undefined;
    if (isMade) owned.push({ ...request, name, uid, ...(namespace === undefined ? {} : { namespace }) });
  }

  await grant(true);
  const { host, port } = access;
  const front: Front = await openFront({
    target: { host, port, ca: admin.ca },
    port: options.port ?? 0,
    gate,
    interference: {
      async before(request) {
        askedAtMs = performance.now();
        heardAtMs = askedAtMs;
        if (request.isWrite) wroteAtMs = askedAtMs;
        return await engine.before(request);
      },
      async after(request, answer) {
        learn(request, answer);
        await engine.after(request);
      },
    },
  });
  await writeFile(options.kubeconfig, kubeconfigOf(front, options.token), { mode: secretMode });
  return {
    ...{ front, admin, engine, exchanges },
    isQuiet(settleMs) {
      const own = options.process();
      if (front.underWay() > 0) return false;
      // Who is about to start has not begun, and is not at rest.
      if (own && heardAtMs < (own.startedAtMs() ?? Number.POSITIVE_INFINITY)) return false;
      const nowMs = performance.now();
      const withoutWriteMs = nowMs - wroteAtMs;
      return withoutWriteMs >= settleMs && (nowMs - askedAtMs >= settleMs || withoutWriteMs >= settleMs * lookers);
    },
    stir() {
      wroteAtMs = performance.now();
      askedAtMs = wroteAtMs;
    },
    async close() {
      await engine.heal().catch(() => {});
      await front.close();
      admin.close();
    },
  };
}

function kubeconfigOf({ host, port, caCert }: Front, token: string): string {
  const [cluster, user] = ["kubetroupe-front", clientUser.name];
  const ca = Buffer.from(caCert).toString("base64");
  return dump({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: cluster, cluster: { server: `https://${host}:${port}`, "certificate-authority-data": ca } }],
    users: [{ name: user, user: { token } }],
    contexts: [{ name: cluster, context: { cluster, user } }],
    "current-context": cluster,
  });
}
