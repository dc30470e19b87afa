import type { Address } from "../../../../network/ingress/objects.ts";
import type { Controller } from "./controller.ts";

/** Where Ingresses are reached: as the flags say, or where the controller's own Service is. */
export function addressesOf({ settings, services = [] }: Controller): readonly Address[] {
  if (settings.publishAddresses.length > 0) return settings.publishAddresses.map(addressOf);
  const [namespace, name] = settings.publishService.split("/");
  const found = services.find(({ metadata: at }) => at.namespace === namespace && at.name === name);
  if (!found?.spec) return [];
  const { spec, status } = found;
  const outer = (spec.externalIPs ?? []).map(addressOf);
  switch (spec.type) {
    case "ExternalName":
      return [addressOf(spec.externalName ?? "")];
    case "LoadBalancer": {
      const balanced = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname = "" }) => addressOf(ip ?? hostname));
      return [...balanced, ...outer];
    }
    default:
      return outer.length > 0 && spec.type === "NodePort" ? outer : [addressOf(spec.clusterIP ?? "")];
  }
}

function addressOf(text: string): Address {
  return /^[\d.]+$|:/.test(text) ? { ip: text } : { hostname: text };
}
