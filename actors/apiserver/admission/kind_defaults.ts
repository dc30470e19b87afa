import type { Admission } from "./chain.ts";

/** What Kubernetes' built-in admission fills in for a kind, such as the tolerations and the service account of pods. */
export const kindDefaults: Admission = {
  name: "KindDefaults",
  admit(_server, call, step, { draft, done }) {
    call.kind.admit(draft);
    done(undefined, step);
  },
};
