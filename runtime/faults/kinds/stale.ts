import { defineFault } from "../kind.ts";
import { actor, share } from "../parameters.ts";
import { oneOf } from "../places.ts";
import { isCloudCall } from "../who.ts";

/** A provider of computers tells what was before its last change. */
export const stale = defineFault({
  kind: "stale",
  parameters: { cloud: actor(), probability: share() },
  // Only where there are clouds: campaigns draw it for them.
  weight: 0,
  describe: ({ cloud, probability }) => `${cloud} answers what was before with probability ${probability}`,
  draw({ clouds = [] }, random) {
    const found = oneOf(clouds, random);
    return found && { cloud: found.cloud, probability: oneOf([0.2, 0.5, 1], random) ?? 1 };
  },
  link: ({ cloud, probability }, envelope, random) =>
    isCloudCall(cloud, envelope) && random.float() < probability ? { mishap: "stale" } : undefined,
});
