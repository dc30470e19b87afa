import type { Ingress } from "../../api/kinds/ingress.ts";
import { type IngressClass, ingressClassRules as ingressClass } from "../../api/kinds/ingress_class.ts";
import type { Frozen } from "../../api/types.ts";
import { cacheOf } from "../server.ts";
import { objectOf } from "../storage/item.ts";
import type { AdmissionPlugin } from "./_plugin.ts";

const isDefault = "ingressclass.kubernetes.io/is-default-class";
const namesClass = "kubernetes.io/ingress.class";

/** An Ingress that names no class gets the one that is meant for such; of several the newest. */
export const defaultIngressClass: AdmissionPlugin = {
  name: "DefaultIngressClass",
  place: 28,
  handles: [{ operations: ["CREATE"], resources: ["ingresses.networking.k8s.io"] }],
  admit({ server, draft }, verdict, step) {
    // A new object of the kind has been read by the kind's schema.
    const ingress = draft as Ingress | undefined;
    const isNamed =
      ingress?.spec.ingressClassName !== undefined || ingress?.metadata.annotations?.[namesClass] !== undefined;
    if (!ingress || isNamed) return verdict(undefined, step);
    const classes = [...cacheOf(server, ingressClass).items.values()].map(
      (item) => objectOf(item) as Frozen<IngressClass>,
    );
    const [found] = classes.filter(({ metadata }) => metadata.annotations?.[isDefault] === "true").sort(newestFirst);
    if (found) ingress.spec.ingressClassName = found.metadata.name;
    verdict(undefined, step);
  },
};

function newestFirst({ metadata: a }: Frozen<IngressClass>, { metadata: b }: Frozen<IngressClass>): number {
  const [left, right] = [a.creationTimestamp ?? "", b.creationTimestamp ?? ""];
  if (left !== right) return left > right ? -1 : 1;
  return a.name < b.name ? -1 : 1;
}
