import type { DeviceRequest } from "../../api/device_claims.ts";
import { type FieldError, forbidden } from "../../api/field_error.ts";
import { namespaceRules } from "../../api/kinds/namespace.ts";
import type { ResourceClaim } from "../../api/kinds/resource_claim.ts";
import type { ResourceClaimTemplate } from "../../api/kinds/resource_claim_template.ts";
import { invalidObject } from "../../api/status.ts";
import type { Frozen, KubeObject, Namespace } from "../../api/types.ts";
import { lookUp } from "../tokens/look_up.ts";
import type { AdmissionPlugin, Admitting } from "./_plugin.ts";

const label = "resource.kubernetes.io/admin-access";

/**
 * Whoever wants a device though somebody else has it may do so in namespaces alone that say so. A real server does
 * this where it stores claims, and not in admission.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/dynamic-resource-allocation/#admin-access
 */
export const deviceAdminAccess: AdmissionPlugin = {
  name: "DeviceAdminAccess",
  place: 1_001,
  handles: [
    { operations: ["CREATE"], resources: ["resourceclaims.resource.k8s.io", "resourceclaimtemplates.resource.k8s.io"] },
    { operations: ["UPDATE"], resources: ["resourceclaims.resource.k8s.io/status"] },
  ],
  isIdle: (admitting) => wantedAt(admitting) === undefined,
  validate(admitting, verdict, step) {
    const { call, draft, server } = admitting;
    const field = wantedAt(admitting);
    if (field === undefined) return verdict(undefined, step);
    lookUp<Namespace>(
      server,
      {
        kind: namespaceRules,
        name: call.namespace,
        isRight: isOpen,
        done(found, later) {
          if (!found.ok) return verdict(found.failure, later);
          if (found.value && isOpen(found.value)) return verdict(undefined, later);
          verdict(invalidObject(call.kind, draft?.metadata.name ?? "", [refusal(field)]), later);
        },
      },
      step,
    );
  },
};

function isOpen({ metadata }: Frozen<Namespace>): boolean {
  return metadata.labels?.[label] === "true";
}

function refusal(field: string): FieldError {
  return forbidden(field, `admin access to devices requires the \`${label}: true\` label on the containing namespace`);
}

/** The field by which somebody asks for it now. */
function wantedAt({ operation, draft, old, call }: Admitting): string | undefined {
  if (operation === "UPDATE") {
    return grantedAt(old as Frozen<ResourceClaim>) === undefined ? grantedAt(draft as ResourceClaim) : undefined;
  }
  const object = draft as KubeObject;
  if (call.kind.kind === "ResourceClaimTemplate") {
    return askedAt((object as ResourceClaimTemplate).spec.spec?.devices?.requests);
  }
  return askedAt((object as ResourceClaim).spec.devices?.requests);
}

function askedAt(requests: readonly DeviceRequest[] = []): string | undefined {
  const index = requests.findIndex(({ exactly }) => exactly?.adminAccess === true);
  return index < 0 ? undefined : `spec.devices.requests[${index}].adminAccess`;
}

function grantedAt({ status }: Frozen<ResourceClaim>): string | undefined {
  const index = (status?.allocation?.devices?.results ?? []).findIndex(({ adminAccess }) => adminAccess === true);
  return index < 0 ? undefined : `status.allocation.devices.results[${index}].adminAccess`;
}
