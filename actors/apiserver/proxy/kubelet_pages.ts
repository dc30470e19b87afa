import type { Frozen, Node } from "../../api/types.ts";
import type { KubeletPods } from "../../kubelet/messages.ts";

/** A page of a kubelet's own API. */
export interface KubeletPage {
  readonly contentType: string;
  readonly body: string;
  /** Default 200. */
  readonly code?: number;
  /** The body is bytes, a character each. Default: it is text. */
  readonly isBinary?: boolean;
}

/** What kubelets here have switched off, as their configuration says: nothing here is of Go. */
const switchedOff = [
  [/^\/debug\/pprof(\/|$)/, "profiling"],
  [/^\/debug\/flags\/v$/, "flags"],
] as const;

/** The pages for which the kubelet itself has to be asked. */
export function isOwnPage(path: string): boolean {
  return ["/configz", "/pods"].includes(withoutSlash(path));
}

const withoutSlash = (path: string) => (path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path);
const nobody: KubeletPods = { list: "" };

/** What a kubelet says of itself, with what it has answered; undefined where it has no such page. */
export function kubeletPage(node: Frozen<Node>, path: string, own = nobody): KubeletPage | undefined {
  switch (withoutSlash(path)) {
    case "/healthz":
      return { contentType: "text/plain; charset=utf-8", body: isReady(node) ? "ok" : "node is not ready" };
    case "/configz":
      return { contentType: "application/json", body: JSON.stringify({ kubeletconfig: configuration(node, own) }) };
    case "/pods":
      return { contentType: "application/json", body: own.list };
    case "/logs":
      return emptyFolder;
    default:
      return path.startsWith("/logs/") ? noFile : offPage(path);
  }
}

/** A node's `/var/log`, in which nothing but containers' logs would be, which have paths of their own. */
const emptyFolder: KubeletPage = {
  contentType: "text/html; charset=utf-8",
  body: '<!doctype html>\n<meta name="viewport" content="width=device-width">\n<pre>\n</pre>\n',
};
const noFile: KubeletPage = { code: 404, contentType: "text/plain; charset=utf-8", body: "404 page not found\n" };

/** What a kubelet answers for what is switched off. */
function offPage(path: string): KubeletPage | undefined {
  const [, what] = switchedOff.find(([of]) => of.test(path)) ?? [];
  if (what === undefined) return undefined;
  return { code: 405, contentType: "text/plain; charset=utf-8", body: `${what} endpoint is disabled.\n` };
}

function isReady({ status }: Frozen<Node>): boolean {
  return status.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true;
}

/** The fields of a KubeletConfiguration that say how kubelets here go about their work; others have no meaning here. */
function configuration({ status, spec }: Frozen<Node>, { staticPodPath }: KubeletPods): object {
  return {
    kind: "KubeletConfiguration",
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    ...{ syncFrequency: "1m0s", clusterDomain: "cluster.local", clusterDNS: ["10.96.0.10"] },
    ...{ nodeStatusUpdateFrequency: "10s", nodeStatusReportFrequency: "5m0s", nodeLeaseDurationSeconds: 40 },
    ...{ maxPods: Number(status.capacity?.pods ?? 0), podPidsLimit: -1 },
    ...{ cpuManagerPolicy: "none", memoryManagerPolicy: "None", topologyManagerPolicy: "none" },
    ...{ crashLoopBackOff: { maxContainerRestartPeriod: "5m0s" } },
    ...{ containerLogMaxSize: "10Mi", containerLogMaxFiles: 1 },
    ...{ registerNode: true, enableServer: true, enableDebuggingHandlers: true },
    ...{ enableSystemLogHandler: true, enableProfilingHandler: false, enableDebugFlagsHandler: false },
    ...(spec.podCIDR ? { podCIDR: spec.podCIDR } : {}),
    ...(staticPodPath === undefined ? {} : { staticPodPath, fileCheckFrequency: "20s" }),
  };
}
