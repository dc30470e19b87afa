import { addedBeyond, badSeccomp, volumeTypeOf } from "./baseline.ts";
import {
  type Check,
  type Checked,
  containersOf,
  containersText,
  containersWhere,
  distinct,
  quoted,
  settersText,
  word,
} from "./check.ts";

const volumeTypes: ReadonlySet<string> = new Set(
  "configMap csi downwardAPI emptyDir ephemeral image persistentVolumeClaim projected secret".split(" "),
);
const addable: ReadonlySet<string> = new Set(["NET_BIND_SERVICE"]);

/** What is of Linux says nothing of a pod for Windows, since version 1.25. */
const isElsewhere = ({ spec }: Checked, minor: number): boolean => minor >= 25 && spec.os?.name === "windows";

/** What Kubernetes' policy `restricted` asks of pods beside the other. */
export const restricted: readonly Check[] = [
  {
    id: "allowPrivilegeEscalation",
    since: 8,
    of(pod, minor) {
      if (isElsewhere(pod, minor)) return undefined;
      const names = containersWhere(pod, ({ allowPrivilegeEscalation }) => allowPrivilegeEscalation !== false);
      if (names.length === 0) return undefined;
      const detail = `${containersText(names)} must set securityContext.allowPrivilegeEscalation=false`;
      return { reason: "allowPrivilegeEscalation != false", detail };
    },
  },
  {
    id: "capabilities_restricted",
    since: 22,
    overrides: "capabilities_baseline",
    of(pod, minor) {
      if (isElsewhere(pod, minor)) return undefined;
      const keeping = containersWhere(pod, ({ capabilities }) => !capabilities?.drop?.includes("ALL"));
      const adding = containersWhere(pod, (security) => addedBeyond(security, addable).length > 0);
      const added = containersOf(pod.spec).flatMap(({ securityContext = {} }) => addedBeyond(securityContext, addable));
      const details = [
        ...(keeping.length > 0
          ? [`${containersText(keeping)} must set securityContext.capabilities.drop=["ALL"]`]
          : []),
        ...(adding.length > 0
          ? [
              `${containersText(adding)} must not include ${quoted(distinct(added))} in securityContext.capabilities.add`,
            ]
          : []),
      ];
      return details.length > 0 ? { reason: "unrestricted capabilities", detail: details.join("; ") } : undefined;
    },
  },
  {
    id: "restrictedVolumes",
    overrides: "hostPathVolumes",
    of({ spec }) {
      const bad = (spec.volumes ?? []).filter((volume) => !volumeTypes.has(volumeTypeOf(volume)));
      if (bad.length === 0) return undefined;
      const types = distinct(bad.map(volumeTypeOf));
      const names = bad.map(({ name }) => name);
      return {
        reason: "restricted volume types",
        detail: `${word("volume", names.length)} ${quoted(names)} ${word("uses", names.length, "use")} ${word("restricted volume type", types.length)} ${quoted(types)}`,
      };
    },
  },
  {
    id: "runAsNonRoot",
    of(pod) {
      const own = pod.spec.securityContext?.runAsNonRoot;
      const reason = "runAsNonRoot != true";
      const asRoot = containersWhere(pod, ({ runAsNonRoot }) => runAsNonRoot === false);
      if (own === false || asRoot.length > 0) {
        const detail = `${settersText(own === false, asRoot)} must not set securityContext.runAsNonRoot=false`;
        return { reason, detail };
      }
      const silent = containersWhere(pod, ({ runAsNonRoot }) => runAsNonRoot === undefined);
      if (own === true || silent.length === 0) return undefined;
      return { reason, detail: `pod or ${containersText(silent)} must set securityContext.runAsNonRoot=true` };
    },
  },
  {
    id: "runAsUser",
    since: 23,
    of(pod) {
      const isPod = pod.spec.securityContext?.runAsUser === 0;
      const names = containersWhere(pod, ({ runAsUser }) => runAsUser === 0);
      if (!isPod && names.length === 0) return undefined;
      return { reason: "runAsUser=0", detail: `${settersText(isPod, names)} must not set runAsUser=0` };
    },
  },
  {
    id: "seccompProfile_restricted",
    since: 19,
    overrides: "seccompProfile_baseline",
    of(pod, minor) {
      if (isElsewhere(pod, minor)) return undefined;
      const reason = "seccompProfile";
      const detail = badSeccomp(pod);
      if (detail !== undefined) return { reason, detail };
      if (pod.spec.securityContext?.seccompProfile !== undefined) return undefined;
      const silent = containersWhere(pod, ({ seccompProfile }) => seccompProfile === undefined);
      if (silent.length === 0) return undefined;
      return {
        reason,
        detail: `pod or ${containersText(silent)} must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"`,
      };
    },
  },
];
