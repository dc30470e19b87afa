import { type Charge, resourceOf } from "../../api/quota/quota.ts";
import { forbiddenStatus, type Status } from "../../api/status.ts";
import { groupResource, isDryRun } from "../requests/call.ts";
import type { AdmissionPlugin, Admitting } from "./_plugin.ts";
import { hasQuotas, reserve } from "./quota/reserve.ts";

/**
 * Lets in only what fits into the quotas of its namespace, and writes down in them what it lets in, before it is stored.
 * What is let in and then not stored counts until the quota is counted anew.
 *
 * @see https://kubernetes.io/docs/concepts/policy/resource-quotas/
 */
export const resourceQuota: AdmissionPlugin = {
  name: "ResourceQuota",
  place: 35,
  handles: [
    { operations: ["CREATE"], resources: ["*"] },
    {
      operations: ["UPDATE"],
      resources: [
        "services",
        "services/status",
        "persistentvolumeclaims",
        "persistentvolumeclaims/status",
        "pods/resize",
      ],
    },
  ],
  isIdle: ({ server, call: { namespace, kind } }) =>
    namespace === "" || kind.kind === "Event" || !hasQuotas(server, namespace),
  validate(admitting, verdict, step) {
    const { server, call, draft, old } = admitting;
    const { namespace, kind } = call;
    if (!draft) return verdict(undefined, step);
    const charge: Charge = { resource: resourceOf(kind), object: draft, ...(old ? { old } : {}) };
    reserve(
      server,
      {
        namespace,
        charge,
        dryRun: isDryRun(call),
        done: (judged, later) => {
          if (!judged.ok) return verdict(judged.failure, later);
          verdict(judged.value === undefined ? undefined : refusal(admitting, judged.value), later);
        },
      },
      step,
    );
  },
};

function refusal({ call, draft }: Admitting, why: string): Status {
  const { name = "", generateName = "" } = draft?.metadata ?? {};
  return forbiddenStatus(groupResource(call), name || generateName, why);
}
