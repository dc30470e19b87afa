import type { Program } from "../kernel/process.ts";
import { annotate, cordon, label, patch, rolloutRestart, scale, setImage, uncordon } from "../kubectl/change.ts";
import { givenTo, sayWrong, type Verb } from "../kubectl/command.ts";
import { get } from "../kubectl/get.ts";
import { apiResources, canI, logs, version } from "../kubectl/look.ts";
import * as make from "../kubectl/make.ts";
import { rolloutStatus, wait } from "../kubectl/wait.ts";
import { apply, remove, replace } from "../kubectl/write.ts";

const { create, createNamespace, createServiceAccount, createConfigMap } = make;
const { createSecret, createTlsSecret, createJob, createToken } = make;
const verbs: readonly Verb[] = [
  ...[get, apply, remove, replace, label, annotate, scale, patch, cordon, uncordon, setImage],
  ...[wait, rolloutRestart, rolloutStatus, logs, version, canI, apiResources],
  ...[create, createNamespace, createServiceAccount, createConfigMap, createSecret, createTlsSecret],
  ...[createJob, createToken],
];
const shorter: Readonly<Record<string, string>> = { ns: "namespace", cm: "configmap", sa: "serviceaccount" };

/**
 * kubectl, as Jobs of charts and scripts in pods use it: it knows the API server as its pod's account does.
 * Source: kubernetes/kubectl.
 */
export const kubectl: Program = {
  names: ["kubectl"],
  *run(self) {
    // Flags may stand before the verb, those with a word of theirs as well.
    const words = self.argv.slice(1);
    const before: string[] = [];
    while (/^-./.test(words[0] ?? "")) {
      const flag = words.shift() ?? "";
      before.push(flag);
      if (/^(-n|--namespace)$/.test(flag)) before.push(words.shift() ?? "");
    }
    const spoken = words.map((word, at) => (at === 1 ? (shorter[word] ?? word) : word));
    const count = [3, 2, 1].find((each) => verbs.some(({ name }) => name === spoken.slice(0, each).join(" "))) ?? 0;
    const verb = verbs.find(({ name }) => name === spoken.slice(0, count).join(" "));
    if (!verb || count === 0) {
      const known = verbs.map(({ name }) => name).join(", ");
      yield* sayWrong(self, `error: kubetroupe plays no "kubectl ${words[0] ?? ""}": it has ${known}`);
      return 1;
    }
    const given = yield* givenTo(self, verb, [...before, ...words.slice(count)]);
    return yield* verb.run(self, given);
  },
};
