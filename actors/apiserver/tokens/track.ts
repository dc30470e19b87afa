import type { Step } from "../../../runtime/mod.ts";
import { storageKey } from "../../api/kind.ts";
import { configMapRules as configMap } from "../../api/kinds/config_map.ts";
import { dayOf, isDay, legacyTokenTracking } from "../../api/legacy_tokens.ts";
import type { Frozen, KubeObject } from "../../api/types.ts";
import { askItself } from "../requests/own_request.ts";
import { cacheOf, type Server } from "../server.ts";
import { objectOf } from "../storage/item.ts";

/**
 * Writes down since which day it is noted who uses the tokens of Secrets: when that is not written anywhere, and when
 * what is written is no day. Follows `legacy_token_tracking_controller` of Kubernetes (KEP 2799).
 */
export function trackTokens(server: Server, step: Step, failed: (step: Step) => void): void {
  const { namespace, name, key } = legacyTokenTracking;
  const item = cacheOf(server, configMap).items.get(storageKey(configMap, { namespace, name }));
  const before = item && (objectOf(item) as Frozen<KubeObject & { data?: Record<string, string> }>);
  if (before && isDay(before.data?.[key] ?? "")) return;
  const metadata = before?.metadata ?? { name, namespace };
  const data = { ...before?.data, [key]: dayOf(step.nowMs) };
  const request = {
    verb: before ? ("update" as const) : ("create" as const),
    ...{ group: "", version: "v1", resource: "configmaps", namespace },
    ...(before ? { name } : {}),
    body: JSON.stringify({ ...before, apiVersion: "v1", kind: "ConfigMap", metadata, data }),
  };
  askItself(
    server,
    { request, respond: (later, { code }) => (code < 300 || code === 409 ? undefined : failed(later)) },
    step,
  );
}
