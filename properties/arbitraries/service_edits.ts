import fc from "fast-check";
import type { Command } from "../workload/command.ts";
import { workloadMsMax } from "./workload.ts";

/** What a user changes of one of the Services that there are, some time after it was made. */
export interface ServiceEdit {
  /** Which of them, counted as often round as it takes. */
  readonly which: number;
  readonly afterMs: number;
  /** A merge patch of its spec. */
  readonly spec: Readonly<Record<string, unknown>>;
}

const http = { name: "http", port: 80 };
/** One port at a time where nodes give one, too: of these there may be few. */
const onNodes = { type: "NodePort", ports: [http] };

const spec = fc.constantFrom<ServiceEdit["spec"][]>(
  onNodes,
  { ...onNodes, externalTrafficPolicy: "Local" },
  { ...onNodes, externalTrafficPolicy: "Cluster" },
  { type: "ClusterIP" },
  { type: "ClusterIP", ports: [http, { name: "https", port: 443, targetPort: 8443 }] },
  { ports: [{ name: "http", port: 8080 }] },
  { ports: [{ name: "web", port: 80 }] },
  { ports: [{ name: "http", port: 80, targetPort: 8080 }] },
  { type: "ExternalName", externalName: "elsewhere.example.com" },
  { selector: { app: "web" } },
  { selector: { app: "api" } },
  { selector: { app: "db" } },
  { selector: { tier: "none" } },
  { selector: { tier: null } },
  { sessionAffinity: "ClientIP" },
  { sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds: 60 } } },
  { sessionAffinity: "None", sessionAffinityConfig: null },
  { internalTrafficPolicy: "Local" },
  { internalTrafficPolicy: "Cluster" },
  { publishNotReadyAddresses: true },
  { publishNotReadyAddresses: false },
);

/** What users change of their Services: nothing in some runs. */
export function serviceEdits(): fc.Arbitrary<readonly ServiceEdit[]> {
  const edit = fc.record({
    which: fc.nat(5),
    afterMs: fc.oneof(fc.nat(800), fc.nat(12_000)),
    spec,
  });
  return fc.oneof(
    { weight: 1, arbitrary: fc.constant([]) },
    { weight: 3, arbitrary: fc.array(edit, { minLength: 1, maxLength: 5 }) },
  );
}

/** The commands that carry such changes out; none where there are no Services. */
export function editsOf(commands: readonly Command[], edits: readonly ServiceEdit[]): readonly Command[] {
  const made = commands.filter((each) => each.op === "createService");
  return edits.flatMap(({ which, afterMs, spec: changed }): Command[] => {
    const service = made[which % made.length];
    if (!service) return [];
    const atMs = Math.min(service.atMs + afterMs, workloadMsMax);
    return [{ op: "changeService", atMs, name: service.name, spec: changed }];
  });
}
