import { present } from "../../kit/present.ts";
import type { ContainerStatus } from "../messages.ts";
import type { ContainerUser } from "../process_settings.ts";
import type { Received } from "./cri_schema.ts";
import { imageAnnotation } from "./given_config.ts";

const states = ["CONTAINER_CREATED", "CONTAINER_RUNNING", "CONTAINER_EXITED", "CONTAINER_EXITED"] as const;
/** Of a container that a runtime knows nothing of any more. */
const unknownState = 3;
const nanosPerMilli = 1_000_000n;

/** A time of the CRI, nanoseconds since 1970; none is undefined. */
export function wallMsOf(nanoseconds: string): number | undefined {
  return nanoseconds === "0" ? undefined : Number(BigInt(nanoseconds) / nanosPerMilli);
}

/** A container's status as the runtime says it, with the host's uptimes instead of times. */
export function containerStatus(
  given: Received<"ContainerStatus">,
  { sandbox, uptimeOf }: { readonly sandbox: string; readonly uptimeOf: (wallMs: number) => number },
): ContainerStatus {
  const state = states[given.state] ?? "CONTAINER_EXITED";
  const at = (nanoseconds: string) => {
    const wallMs = wallMsOf(nanoseconds);
    return wallMs === undefined ? undefined : uptimeOf(wallMs);
  };
  const isExited = state === "CONTAINER_EXITED";
  return {
    container: given.id,
    sandbox,
    name: given.metadata?.name ?? "",
    image: given.image?.image ?? "",
    imageRef: given.image_ref,
    attempt: given.metadata?.attempt ?? 0,
    state,
    createdAtMs: at(given.created_at) ?? 0,
    ...present({
      specImage: given.annotations.find(({ key }) => key === imageAnnotation)?.value,
      user: userOf(given),
      startedAtMs: at(given.started_at),
      finishedAtMs: at(given.finished_at),
      exitCode: isExited ? given.exit_code : undefined,
      reason: isExited ? reasonOf(given) : undefined,
      message: given.message || undefined,
    }),
  };
}

/** A runtime before containerd 2 does not tell. */
function userOf({ user }: Received<"ContainerStatus">): ContainerUser | undefined {
  if (!user?.linux) return undefined;
  const { uid, gid, supplemental_groups: groups } = user.linux;
  return { uid, gid, groups };
}

function reasonOf({ state, reason, exit_code: exitCode }: Received<"ContainerStatus">): string {
  if (state === unknownState) return "ContainerStatusUnknown";
  return reason || (exitCode === 0 ? "Completed" : "Error");
}
