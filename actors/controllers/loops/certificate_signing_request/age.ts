import type { CertificateSigningRequest } from "../../../api/kinds/certificate_signing_request.ts";
import { parseTime } from "../../../api/time.ts";
import type { Frozen } from "../../../api/types.ts";

const hourMs = 3_600_000;
/** How long a request is kept on which nobody has decided. */
const pendingMs = 24 * hourMs;

/** When a request is of no use any more: an hour after it was issued, denied or failed, a day after it was made; undefined: not yet. */
export function staleAtMs({ metadata, status }: Frozen<CertificateSigningRequest>): number | undefined {
  const conditions = status.conditions ?? [];
  const createdMs = parseTime(metadata.creationTimestamp ?? "") ?? 0;
  if (conditions.length === 0) return createdMs + pendingMs;
  const isIssued = (status.certificate ?? "") !== "";
  const ends = conditions.flatMap(({ type, lastUpdateTime, lastTransitionTime }) => {
    if (type !== "Denied" && type !== "Failed" && !(type === "Approved" && isIssued)) return [];
    const at = (lastUpdateTime ?? lastTransitionTime) as string | undefined;
    return [(parseTime(at ?? "") ?? createdMs) + hourMs];
  });
  return ends.length === 0 ? undefined : Math.min(...ends);
}
