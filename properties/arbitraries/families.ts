import fc from "fast-check";
import type { IpFamily } from "../../actors/kit/ip_number.ts";
import type { Topology } from "../../scenarios/cluster/topology.ts";
import type { RunDefinition } from "../engine/run_definition.ts";
import type { Command, FamilyPolicy } from "../workload/command.ts";
import { workloadMsMax } from "./workload.ts";

/** Of which families a run's addresses are, and what becomes of its Services by that. */
export interface Families {
  readonly ipFamilies: readonly IpFamily[];
  /** What Services want at first, in turn. */
  readonly policies: readonly FamilyPolicy[];
  /** What they want later. */
  readonly changes: readonly (Command & { readonly op: "changeFamilies" })[];
}

const first = fc.constantFrom<FamilyPolicy[]>("PreferDualStack", "RequireDualStack", "PreferDualStack", "SingleStack");
/** Letting go of a family is what leaves something behind. */
const later = fc.constantFrom<FamilyPolicy[]>("SingleStack", "SingleStack", "PreferDualStack", "RequireDualStack");
const change = fc.record({
  op: fc.constant("changeFamilies" as const),
  name: fc.constantFrom("front", "front", "inner"),
  families: later,
  atMs: fc.nat(workloadMsMax),
});

/** Clusters of IPv4 alone, as most are; else of IPv6 alone, or of both, either first. */
export function families(): fc.Arbitrary<Families | null> {
  const drawn = fc.record({
    ipFamilies: fc.constantFrom<(readonly IpFamily[])[]>(["IPv6"], ["IPv4", "IPv6"], ["IPv6", "IPv4"]),
    policies: fc.array(first, { minLength: 1, maxLength: 3 }),
    changes: fc.array(change, { minLength: 1, maxLength: 3 }),
  });
  return fc.oneof({ weight: 2, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: drawn });
}

const narrowRanges = { IPv4: "10.96.0.0/28", IPv6: "fd00:10:96::/124" } as const;

/** The same run with addresses of those families; where there are two, there is a Service to have them. */
export function ofFamilies<Run extends Pick<RunDefinition, "topology" | "workload">>(run: Run, drawn: Families): Run {
  const { ipFamilies, policies, changes } = drawn;
  const { serviceCidr, ...rest } = run.topology;
  const narrow = serviceCidr === undefined ? {} : { serviceCidr: ipFamilies.map((each) => narrowRanges[each]).join() };
  const topology: Topology = { ...rest, ...narrow, ipFamilies };
  if (ipFamilies.length < 2) return { ...run, topology };
  let count = 0;
  const wanting = run.workload.map((command): Command => {
    if (command.op !== "createService") return command;
    const wanted = policies[count++ % policies.length];
    return wanted === undefined ? command : { ...command, families: wanted };
  });
  const own = wanting.some(({ op, name }) => op === "createService" && (name === "front" || name === "inner"));
  const front: Command = { op: "createService", atMs: 0, name: "front", selects: "web", shape: "plain" };
  const workload = own ? [...wanting, ...changes] : [front, ...wanting, ...changes];
  return { ...run, topology, workload: workload.sort((a, b) => a.atMs - b.atMs) };
}
