import { type Attack, flood } from "../attack.ts";

/** Events, as many as go in. */
export const eventsWithoutEnd: Attack = {
  name: "events as fast as they go in",
  who: "admin",
  run: (attacker) =>
    flood(attacker, {
      who: "admin",
      width: 4,
      ask: (index) => ({
        method: "POST",
        path: "/api/v1/namespaces/default/events",
        body: JSON.stringify({
          apiVersion: "v1",
          kind: "Event",
          metadata: { name: `flood-${index}`, namespace: "default" },
          involvedObject: { kind: "Pod", name: `p${index}`, namespace: "default" },
          reason: "Flood",
          message: "x".repeat(1_000),
          type: "Normal",
        }),
      }),
    }),
};
