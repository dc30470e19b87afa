import type { WebhookClientConfig } from "kubernetes-types/admissionregistration/v1.js";
import { storageKey } from "../../../api/kind.ts";
import { service as serviceKind } from "../../../api/kinds/service.ts";
import type { Frozen, Service } from "../../../api/types.ts";
import { failed, ok, type Result } from "../../../kit/result.ts";
import { cacheOf, type Server } from "../../server.ts";
import { objectOf } from "../../storage/item.ts";

/** Where a webhook is. */
export interface Destination {
  /** With the name that its certificate has to have. */
  readonly url: string;
  /** Where that is, if not where the name says. */
  readonly connectTo?: { readonly host: string; readonly port: number };
  /** For messages. */
  readonly host: string;
  readonly port: number;
}

const httpsPort = 443;

/** Finds a webhook; a text says why it cannot be found. */
export function destinationOf(server: Server, config: Frozen<WebhookClientConfig>): Result<Destination, string> {
  const { url, service } = config;
  if (url !== undefined) {
    const { hostname, port } = new URL(url);
    return ok({ url, host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? httpsPort : Number(port) });
  }
  const { name = "", namespace = "", path = "", port = httpsPort } = service ?? {};
  const host = `${name}.${namespace}.svc`;
  const asked = `https://${host}:${port}${path}`;
  const item = cacheOf(server, serviceKind).items.get(storageKey(serviceKind, { namespace, name }));
  if (!item) return failed(`Post ${JSON.stringify(asked)}: service ${JSON.stringify(name)} not found`);
  const { spec } = objectOf(item) as Frozen<Service>;
  if (spec.type !== "ExternalName") {
    const why = `connect: no route to host: this cluster reaches webhooks by url and by Services of type ExternalName`;
    return failed(`Post ${JSON.stringify(asked)}: dial tcp ${spec.clusterIP}:${port}: ${why}`);
  }
  const connectTo = { host: spec.externalName ?? "", port };
  return ok({ url: asked, connectTo, host: connectTo.host, port });
}
