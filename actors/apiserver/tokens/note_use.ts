import type { Step } from "../../../runtime/mod.ts";
import { type KindDefinition, storageKey } from "../../api/kind.ts";
import { secret } from "../../api/kinds/secret.ts";
import { legacyTokenLabels } from "../../api/legacy_tokens.ts";
import { formatTime } from "../../api/time.ts";
import type { Frozen, KubeObject, Secret } from "../../api/types.ts";
import { guaranteedUpdate } from "../storage/guaranteed_update.ts";
import { encodeChanged, objectOf } from "../storage/item.ts";
import type { Shelves } from "./look_up.ts";

/**
 * Notes on a Secret that its token was used today, once a day: so it can be told which of these tokens, which have no
 * end, nobody needs.
 *
 * @see https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-legacy-token-last-used
 */
export function noteUse({ store }: Pick<Shelves, "store">, kept: Frozen<Secret>, step: Step): void {
  const { namespace = "", name, uid } = kept.metadata;
  const { lastUsed } = legacyTokenLabels;
  const today = formatTime(step.nowMs).slice(0, 10);
  if (kept.metadata.labels?.[lastUsed] === today) return;
  guaranteedUpdate(store, step, {
    ...{ key: storageKey(secret as unknown as KindDefinition, { namespace, name }), name, dryRun: false },
    ...{ resource: { group: "", resource: "secrets" }, cached: undefined },
    decide({ item }, decided, now) {
      const object: Frozen<KubeObject> | undefined = item && objectOf(item);
      const isOver = !object || object.metadata.uid !== uid || object.metadata.labels?.[lastUsed] === today;
      if (!item || isOver) return decided({ do: "nothing" }, now);
      const metadata = { ...object.metadata, labels: { ...object.metadata.labels, [lastUsed]: today } };
      decided({ do: "put", text: encodeChanged({ ...object, metadata }, item) }, now);
    },
    // The next request of the day tries again.
    done: () => {},
  });
}
