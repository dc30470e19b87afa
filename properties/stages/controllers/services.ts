import { formatTime } from "../../../actors/api/time.ts";
import type { ControllerLab } from "./lab.ts";

/** Virtual time begins here in labs. */
const startMs = Date.UTC(2026, 0, 1);

/** A pod that tests keep by hand: what a kubelet would say of it. */
export interface HandPod {
  readonly name: string;
  /** Default `{ app: "web" }`. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly ip?: string;
  /** Default true. */
  readonly ready?: boolean;
  /** Default `a`. */
  readonly node?: string;
  readonly spec?: object;
}

/** Creates a pod that runs on a node, with an address. */
export function addRunningPod(lab: ControllerLab, pod: HandPod): void {
  const { name, labels = { app: "web" }, node = "a", spec = {} } = pod;
  const body = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, labels },
    spec: { nodeName: node, containers: [{ name: "c", image: "web:1" }], terminationGracePeriodSeconds: 30, ...spec },
  };
  expectDone(lab.call("create", "pods", { namespace: "default", body }).code);
  setPod(lab, pod);
}

/** Writes a pod's status: its address, and whether it is ready. */
export function setPod(lab: ControllerLab, { name, ip, ready = true }: HandPod): void {
  const at = formatTime(startMs + lab.simulation.uptimeMs());
  const status = {
    phase: "Running",
    ...(ip === undefined ? {} : { podIP: ip, podIPs: [{ ip }] }),
    conditions: [{ type: "Ready", status: ready ? "True" : "False", lastTransitionTime: at }],
  };
  const contentType = "application/strategic-merge-patch+json";
  const request = { namespace: "default", name, subresource: "status", body: { status }, contentType } as const;
  expectDone(lab.call("patch", "pods", request).code);
}

/** Creates a Service. Default: port 80 for pods with the label `app: web`. */
export function addService(lab: ControllerLab, name: string, spec: object = {}): void {
  const body = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name },
    spec: { selector: { app: "web" }, ports: [{ port: 80 }], ...spec },
  };
  expectDone(lab.call("create", "services", { namespace: "default", body }).code);
}

/** An endpoint in short: `10.0.0.1 ready serving`. */
export function endpointLines(lab: ControllerLab, service: string): string[] {
  return slicesOf(lab, service)
    .flatMap(({ endpoints }) => endpoints)
    .map(({ addresses, conditions }: { addresses: string[]; conditions: Record<string, boolean> }) => {
      const words = ["ready", "serving", "terminating"].filter((word) => conditions[word]);
      return [addresses.join("+"), ...words].join(" ");
    })
    .sort();
}

/** The EndpointSlices of a Service, by name. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into objects of all kinds
export function slicesOf(lab: ControllerLab, service: string): any[] {
  return lab
    .all("endpointslices")
    .filter(({ metadata }) => metadata.labels["kubernetes.io/service-name"] === service)
    .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
}

function expectDone(code: number): void {
  if (code >= 300) throw new Error(`Preparing a lab: the server answered ${code}`);
}
