import type { Step } from "../../../runtime/mod.ts";
import { service as serviceKind } from "../../api/kinds/service.ts";
import type { Frozen, Pod, Service } from "../../api/types.ts";
import type { ApiClient } from "../../client/api_client.ts";
import { createInformer } from "../../client/informer.ts";

/** What a kubelet knows of Services: containers find those of their namespace in their environment. */
export interface ServiceLinks {
  /** Sees that they are mirrored: from the first pod on, so that a node without any asks for none. */
  start(step: Step): void;
  /** Calls `then` when it is known which there are: at once, or when the first list has come. */
  whenKnown(step: Step, then: (step: Step) => void): void;
  /** The variables that a pod's containers are given for them, in the order of their names. */
  variables(pod: Frozen<Pod>): readonly (readonly [name: string, value: string])[];
  stop(step: Step): void;
}

const byNamespace = "namespace";

/** Mirrors nothing yet. */
export function createServiceLinks({ client }: { readonly client: ApiClient }): ServiceLinks {
  const indexes = { [byNamespace]: ({ metadata }: Frozen<Service>) => [metadata.namespace ?? ""] };
  const informer = createInformer<Service>({ client, kind: serviceKind, indexes });
  let isStarted = false;
  let waiting: ((step: Step) => void)[] = [];
  informer.onListed((step) => {
    const told = waiting;
    waiting = [];
    for (const then of told) then(step);
  });
  return {
    start(step) {
      if (isStarted) return;
      isStarted = true;
      informer.start(step);
    },
    whenKnown(step, then) {
      if (informer.synced()) then(step);
      else waiting.push(then);
    },
    variables({ metadata, spec }) {
      if (spec.enableServiceLinks === false) return [];
      const found = [...informer.by(byNamespace, metadata.namespace ?? "")];
      found.sort((a, b) => ((a.metadata.name ?? "") < (b.metadata.name ?? "") ? -1 : 1));
      return found.flatMap(serviceVariables);
    },
    stop(step) {
      if (isStarted) informer.stop(step);
      isStarted = false;
    },
  };
}

/**
 * The variables of a Service, in Kubernetes' form and in that of Docker's links; none when it has no IP of its own.
 *
 * @see https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
 */
export function serviceVariables({ metadata, spec }: Frozen<Service>): (readonly [name: string, value: string])[] {
  const { clusterIP = "", ports = [] } = spec;
  const [first] = ports;
  if (clusterIP === "" || clusterIP === "None" || !first) return [];
  const prefix = variableName(metadata.name ?? "");
  // An IPv6 address stands in brackets in front of a port.
  const host = clusterIP.includes(":") ? `[${clusterIP}]` : clusterIP;
  const named = ports.filter(({ name }) => name);
  const links = ports.flatMap(({ port, protocol = "TCP" }, index) => {
    const url = `${protocol.toLowerCase()}://${host}:${port}`;
    const link = `${prefix}_PORT_${port}_${protocol.toUpperCase()}`;
    return [
      ...(index === 0 ? [[`${prefix}_PORT`, url] as const] : []),
      [link, url] as const,
      [`${link}_PROTO`, protocol.toLowerCase()] as const,
      [`${link}_PORT`, String(port)] as const,
      [`${link}_ADDR`, clusterIP] as const,
    ];
  });
  return [
    [`${prefix}_SERVICE_HOST`, clusterIP],
    [`${prefix}_SERVICE_PORT`, String(first.port)],
    ...named.map(({ name = "", port }) => [`${prefix}_SERVICE_PORT_${variableName(name)}`, String(port)] as const),
    ...links,
  ];
}

function variableName(name: string): string {
  return name.toUpperCase().replaceAll("-", "_");
}
