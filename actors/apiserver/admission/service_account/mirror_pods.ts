import { secretUses } from "../../../api/secret_uses.ts";
import type { Pod } from "../../../api/types.ts";

/** What a mirror pod may not have: nobody would give its containers any of this, for it shows what a kubelet runs by itself. */
export function mirrorPodError({ spec }: Pod): string | undefined {
  if (spec.serviceAccountName) return "a mirror pod may not reference service accounts";
  if ((spec.imagePullSecrets ?? []).length > 0 || secretUses(spec).next().done !== true) {
    return "a mirror pod may not reference secrets";
  }
  const hasToken = (spec.volumes ?? []).some(({ projected }) =>
    projected?.sources?.some(({ serviceAccountToken }) => serviceAccountToken),
  );
  return hasToken ? "a mirror pod may not use ServiceAccountToken volume projections" : undefined;
}
