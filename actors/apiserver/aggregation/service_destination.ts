import type { WebhookClientConfig } from "kubernetes-types/admissionregistration/v1.js";
import type { Step } from "../../../runtime/mod.ts";
import { decodeBase64 } from "../../api/base64.ts";
import { storageKey } from "../../api/kind.ts";
import { endpointSliceRules as endpointSlice } from "../../api/kinds/endpoint_slice.ts";
import { serviceRules as serviceKind } from "../../api/kinds/service.ts";
import type { EndpointSlice, Frozen, Service } from "../../api/types.ts";
import { type IpFamily, ipNumber } from "../../kit/ip_number.ts";
import { failed, ok, type Result } from "../../kit/result.ts";
import type { Endpoint } from "../../network/endpoint.ts";
import { itemsUnder } from "../cache/resource_cache.ts";
import { cacheOf, type Server } from "../server.ts";
import { objectOf } from "../storage/item.ts";

/** Where somebody is who is asked over HTTPS: a webhook, or a server of further APIs. */
export interface Destination {
  /** With the name that its certificate has to have. */
  readonly url: string;
  /** Where that is, if not where the name says. */
  readonly connectTo?: { readonly host: string; readonly port: number };
  /** It is in the network of pods. Default: outside. */
  readonly inPods?: Endpoint;
  /** For messages. */
  readonly host: string;
  readonly port: number;
}

const httpsPort = 443;

/** What nobody could be found behind. */
export interface Nowhere {
  readonly url: string;
  readonly why: string;
}

/** Finds who is to be asked, or says why nobody is there. Of several places behind a Service one is drawn, as kube-proxy does. */
export function destinationOf(
  server: Server,
  config: Frozen<WebhookClientConfig>,
  step: Step,
): Result<Destination, Nowhere> {
  const { url, service } = config;
  if (url !== undefined) {
    const { hostname, port } = new URL(url);
    return ok({ url, host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? httpsPort : Number(port) });
  }
  const { name = "", namespace = "", path = "", port = httpsPort } = service ?? {};
  const host = `${name}.${namespace}.svc`;
  const asked = `https://${host}:${port}${path}`;
  const item = cacheOf(server, serviceKind).items.get(storageKey(serviceKind, { namespace, name }));
  const nowhere = (why: string) => failed({ url: asked, why });
  if (!item) return nowhere(`service ${JSON.stringify(name)} not found`);
  const { spec } = objectOf(item) as Frozen<Service>;
  if (spec.type === "ExternalName") return ok(at(asked, { host: spec.externalName ?? "", port }));
  const dial = (why: string) => nowhere(`dial tcp ${spec.clusterIP}:${port}: connect: ${why}`);
  const wanted = (spec.ports ?? []).find((each) => each.port === port);
  if (!wanted) return nowhere(`no service port ${port} found for service ${JSON.stringify(name)}`);
  const { clusterIP = "" } = spec;
  const family = ipNumber(clusterIP)?.family;
  const places = [...placesOf(server, { namespace, name, portName: wanted.name ?? "", ...(family ? { family } : {}) })];
  const place = places[places.length > 1 ? step.int(places.length) : 0];
  if (!place) return dial("connection refused");
  const isPod = Object.keys(spec.selector ?? {}).length > 0 || server.routes?.isPodIp(place.host) === true;
  if (!isPod) return ok(at(asked, place));
  if (!server.routes) return dial("no route to host: this cluster carries no connections");
  // Those who read of it know the Service's address.
  return ok({ url: asked, inPods: { ip: place.host, port: place.port }, host: spec.clusterIP ?? host, port });
}

type At = NonNullable<Destination["connectTo"]>;

function at(url: string, connectTo: At): Destination {
  return { url, connectTo, host: connectTo.host, port: connectTo.port };
}

interface Sought {
  readonly namespace: string;
  readonly name: string;
  readonly portName: string;
  /** Of the address by which it is asked. Default: it has none, and any will do. */
  readonly family?: IpFamily;
}

/** Where those are that somebody has said to be behind a Service, the ready ones in the order of their slices. */
function* placesOf(server: Server, { namespace, name, portName, family }: Sought): Generator<At> {
  for (const item of itemsUnder(cacheOf(server, endpointSlice), `${endpointSlice.storagePrefix}/${namespace}/`)) {
    const { metadata, endpoints = [], ports, addressType } = objectOf(item) as Frozen<EndpointSlice>;
    if (family && addressType !== "FQDN" && addressType !== family) continue;
    if (metadata.labels?.["kubernetes.io/service-name"] !== name || metadata.deletionTimestamp !== undefined) continue;
    const port = ports?.find((each) => (each.name ?? "") === portName)?.port;
    if (port === undefined) continue;
    for (const { addresses, conditions } of endpoints) {
      const [host] = addresses;
      if (host !== undefined && conditions?.ready !== false) yield { host, port };
    }
  }
}

/** The certificates in a `caBundle`, in PEM. */
export function authorityIn(caBundle: string | undefined): string | undefined {
  if (!caBundle) return undefined;
  try {
    return decodeBase64(caBundle);
  } catch {
    // Nothing is verified by what is no certificate.
    return caBundle;
  }
}
