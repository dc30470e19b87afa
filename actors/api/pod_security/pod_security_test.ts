import { assert, test } from "../../../properties/house/test.ts";
import type { Checked } from "./check.ts";
import { violationsOf, violationsText } from "./evaluate.ts";
import { levelText, policyOf } from "./levels.ts";

const good = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  runAsNonRoot: true,
  seccompProfile: { type: "RuntimeDefault" },
};
const pod = (securityContext: object, spec: object = {}, annotations: Record<string, string> = {}): Checked =>
  ({ annotations, spec: { containers: [{ name: "c", securityContext }], ...spec } }) as never;
const said = (checked: Checked, level: "baseline" | "restricted", minor?: number) =>
  violationsText(violationsOf(checked, { level, minor }));

test("a pod that says nothing is told all that the strictest level wants, in Kubernetes' words", () => {
  assert.equal(said(pod({}), "baseline"), "");
  assert.equal(said(pod(good), "restricted"), "");
  assert.equal(
    said(pod({}), "restricted"),
    'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), ' +
      'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), ' +
      'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), ' +
      'seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
  );
});

const base: readonly (readonly [Checked, string])[] = [
  [pod({ privileged: true }), 'privileged (container "c" must not set securityContext.privileged=true)'],
  [pod({}, { hostNetwork: true, hostIPC: true }), "host namespaces (hostNetwork=true, hostIPC=true)"],
  [
    pod(
      {},
      {
        volumes: [
          { name: "v", hostPath: {} },
          { name: "w", emptyDir: {} },
        ],
      },
    ),
    'hostPath volumes (volume "v")',
  ],
  [
    pod({ capabilities: { add: ["NET_RAW", "CHOWN"] } }),
    'non-default capabilities (container "c" must not include "NET_RAW" in securityContext.capabilities.add)',
  ],
  [
    pod({}, { containers: [{ name: "c", ports: [{ hostPort: 80 }, { containerPort: 1 }] }] }),
    'hostPort (container "c" uses hostPort 80)',
  ],
  [pod({ procMount: "Unmasked" }), 'procMount (container "c" must not set securityContext.procMount to "Unmasked")'],
  [
    pod({ seccompProfile: { type: "Unconfined" } }, { securityContext: { seccompProfile: { type: "Unconfined" } } }),
    'seccompProfile (pod and container "c" must not set securityContext.seccompProfile.type to "Unconfined")',
  ],
  [
    pod({ seLinuxOptions: { type: "x", user: "u" } }),
    'seLinuxOptions (container "c" set forbidden securityContext.seLinuxOptions: type "x"; user may not be set)',
  ],
  [
    pod({}, { securityContext: { sysctls: [{ name: "kernel.sem" }, { name: "net.ipv4.tcp_rmem" }] } }),
    "forbidden sysctls (kernel.sem)",
  ],
  [
    pod({ windowsOptions: { hostProcess: true } }),
    'hostProcess (container "c" must not set securityContext.windowsOptions.hostProcess=true)',
  ],
  [
    pod({ appArmorProfile: { type: "Unconfined" } }),
    'forbidden AppArmor profile (container "c" must not set AppArmor profile type to "Unconfined")',
  ],
  [
    pod({}, { containers: [{ name: "c", livenessProbe: { httpGet: { host: "h" } } }] }),
    'probe or lifecycle host (container "c" uses probe or lifecycle host "h")',
  ],
];
for (const [checked, expected] of base) {
  test(`the lower level forbids: ${expected}`, () => assert.equal(said(checked, "baseline"), expected));
}

const strict: readonly (readonly [Checked, string])[] = [
  [
    pod(good, {
      volumes: [
        { name: "v", hostPath: {} },
        { name: "n", nfs: {} },
      ],
    }),
    'restricted volume types (volumes "v", "n" use restricted volume types "hostPath", "nfs")',
  ],
  [
    pod({ ...good, capabilities: { drop: ["ALL"], add: ["CHOWN"] } }),
    'unrestricted capabilities (container "c" must not include "CHOWN" in securityContext.capabilities.add)',
  ],
  [
    pod({ ...good, runAsNonRoot: false }),
    'runAsNonRoot != true (container "c" must not set securityContext.runAsNonRoot=false)',
  ],
  [
    pod({ ...good, runAsUser: 0 }, { securityContext: { runAsUser: 0 } }),
    'runAsUser=0 (pod and container "c" must not set runAsUser=0)',
  ],
  [
    pod({ ...good, privileged: true }, { hostPID: true }),
    'host namespaces (hostPID=true), privileged (container "c" must not set securityContext.privileged=true)',
  ],
];
for (const [checked, expected] of strict) {
  test(`the higher level forbids: ${expected}`, () => assert.equal(said(checked, "restricted"), expected));
}

test("rules hold since their version", () => {
  assert.equal(
    said(pod({}), "restricted", 7),
    'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true)',
  );
  assert.equal(
    said(pod({}, { containers: [{ name: "c", startupProbe: { tcpSocket: { host: "h" } } }] }), "baseline", 33),
    "",
  );
  assert.equal(
    said(pod({}, { securityContext: { sysctls: [{ name: "net.ipv4.tcp_rmem" }] } }), "baseline", 31),
    "forbidden sysctls (net.ipv4.tcp_rmem)",
  );
  const windows = { os: { name: "windows" }, securityContext: { runAsNonRoot: true } };
  assert.equal(said(pod({}, windows), "restricted"), "");
});

test("policyOf() reads a namespace's labels; who is misunderstood enforces the most, and tells the least", () => {
  const label = (mode: string) => `pod-security.kubernetes.io/${mode}`;
  const texts = (labels: Record<string, string>) => Object.values(policyOf(labels).policy).map(levelText);
  assert.deepEqual(texts({}), Array(3).fill("privileged:latest"));
  assert.deepEqual(texts({ [label("enforce")]: "baseline" }), Array(3).fill("baseline:latest"));
  assert.deepEqual(
    texts({ [label("enforce")]: "restricted", [label("enforce-version")]: "v1.24", [label("warn")]: "baseline" }),
    ["restricted:v1.24", "restricted:v1.24", "baseline:latest"],
  );
  const wrong = { [label("enforce")]: "strict", [label("warn")]: "x", [label("audit-version")]: "1.2" };
  assert.deepEqual(texts(wrong), ["restricted:latest", "privileged:latest", "privileged:latest"]);
  assert.deepEqual(
    policyOf(wrong).errors.map(({ field, detail }) => `${field} ${detail}`),
    [
      `metadata.labels[${label("enforce")}] must be one of privileged, baseline, restricted`,
      `metadata.labels[${label("audit-version")}] must be "latest" or "v1.x"`,
      `metadata.labels[${label("warn")}] must be one of privileged, baseline, restricted`,
    ],
  );
});
