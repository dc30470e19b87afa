import { defineFault } from "../kind.ts";
import { actor, share } from "../parameters.ts";
import { oneOf } from "../places.ts";
import { isCloudCall } from "../who.ts";

/** A provider of computers does half of what it is asked, and says that it has failed. */
export const halfDone = defineFault({
  kind: "halfDone",
  parameters: { cloud: actor(), probability: share() },
  // Only where there are clouds: campaigns draw it for them.
  weight: 0,
  describe: ({ cloud, probability }) => `${cloud} does requests by half with probability ${probability}`,
  draw({ clouds = [] }, random) {
    const found = oneOf(clouds, random);
    return found && { cloud: found.cloud, probability: oneOf([0.2, 0.5, 1], random) ?? 1 };
  },
  link: ({ cloud, probability }, envelope, random) =>
    isCloudCall(cloud, envelope) && random.float() < probability ? { mishap: "halfDone" } : undefined,
});
