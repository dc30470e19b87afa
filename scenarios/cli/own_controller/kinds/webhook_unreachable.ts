import type { FrontControl, FrontKind } from "../front_kind.ts";
import { gap } from "../front_kind.ts";

const sorts = ["validatingwebhookconfigurations", "mutatingwebhookconfigurations"] as const;
const root = "/apis/admissionregistration.k8s.io/v1";
/** Nobody listens there. */
const nowhere = "https://127.0.0.1:1/";

interface Configuration {
  readonly metadata: { readonly name: string };
  readonly webhooks?: readonly object[];
}

/** Admission webhooks cannot be reached: what they must be asked about is refused. */
export const webhookUnreachable: FrontKind = {
  name: "webhook-unreachable",
  summary: "admission webhooks cannot be reached for a while: what they judge is refused (500)",
  forMs: 1_500,
  aim(learned, random) {
    const when = learned.hasWebhooks ? gap(learned, random) : undefined;
    return when && { when };
  },
  async begin(_fault, control) {
    const heals = await Promise.all(sorts.map((sort) => lead(sort, control)));
    return async () => {
      for (const heal of heals.flat()) await heal();
    };
  },
};

/** Leads all webhooks of a sort to nowhere; the result puts each back. */
async function lead(sort: string, { admin }: FrontControl) {
  const { body } = await admin.ask("GET", `${root}/${sort}`);
  const found = (body.items ?? []) as readonly Configuration[];
  return Promise.all(
    found.map(async ({ metadata: { name }, webhooks = [] }) => {
      const put = (given: readonly object[]) =>
        admin.ask("PATCH", `${root}/${sort}/${name}`, { webhooks: given }, "application/merge-patch+json");
      await put(webhooks.map((each) => ({ ...each, clientConfig: { url: nowhere } })));
      return () => put(webhooks);
    }),
  );
}
