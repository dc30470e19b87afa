import type { KubeletData } from "../data.ts";

/** Whether it is known what is to run here: what the API says, and where there are manifests, what they say. */
export function areSourcesKnown({ managing, input, staticPods }: KubeletData): boolean {
  return managing && (staticPods.isRead || !input.hasManifests);
}
