import type { Step } from "../../../runtime/mod.ts";
import { storageKey } from "../../api/kind.ts";
import { configMapRules as configMap } from "../../api/kinds/config_map.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import { askItself } from "../requests/own_request.ts";
import { cacheOf, type Server } from "../server.ts";
import { objectOf } from "../storage/item.ts";

const namespace = "kube-system";
const name = "extension-apiserver-authentication";

/**
 * Sees that servers of further APIs find by what they know this server, which tells them who asks, and by what they know
 * clients.
 *
 * @see https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/#extension-apiserver-authorizes-the-request
 */
export function keepTrust(server: Server, step: Step, failed: (step: Step) => void): void {
  const { clientCa, frontProxy } = server.input.https ?? {};
  if (!clientCa || !frontProxy) return;
  const data = {
    "client-ca-file": clientCa,
    "requestheader-allowed-names": '["front-proxy-client"]',
    "requestheader-client-ca-file": frontProxy.ca,
    "requestheader-extra-headers-prefix": '["X-Remote-Extra-"]',
    "requestheader-group-headers": '["X-Remote-Group"]',
    "requestheader-uid-headers": '["X-Remote-Uid"]',
    "requestheader-username-headers": '["X-Remote-User"]',
  };
  const item = cacheOf(server, configMap).items.get(storageKey(configMap, { namespace, name }));
  const before = item && (objectOf(item) as Frozen<KubeObject & { data?: Record<string, string> }>);
  if (before && Object.entries(data).every(([key, value]) => before.data?.[key] === value)) return;
  const metadata = before?.metadata ?? { name, namespace };
  const object = { apiVersion: "v1", kind: "ConfigMap", metadata, data: { ...before?.data, ...data } };
  const request = {
    verb: before ? ("update" as const) : ("create" as const),
    ...{ group: "", version: "v1", resource: "configmaps", namespace },
    ...(before ? { name } : {}),
    body: JSON.stringify(object),
  };
  const respond = (later: Step, { code }: { readonly code: number }) => {
    if (code >= 300 && code !== 409) failed(later);
  };
  askItself(server, { request, respond }, step);
}
