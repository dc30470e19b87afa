import { encodeBase64 } from "../../../actors/api/base64.ts";
import { httpsClientModel, type PlayedAnswer } from "../../../runtime/devices/https_client_model.ts";
import { httpsTarget } from "../../../runtime/devices/https_client_rules.ts";
import { createLab, type Lab, type LabOptions } from "./lab.ts";

/** A question that a webhook was asked. */
export interface Asked {
  /** The last part of the URL's path. */
  readonly hook: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of all kinds
  readonly request: any;
}

/** How a webhook answers: what its response says beside the uid, or another answer altogether. */
export type Play = (asked: Asked) => object | PlayedAnswer;

/** A lab with webhooks, which are played by name. */
export interface WebhookLab extends Lab {
  /** All that was asked, in order. */
  readonly asked: Asked[];
  /** Where that was, as the device was told. */
  readonly places: string[];
  /** Configures webhooks, in one configuration. */
  configure(sort: "Validating" | "Mutating", name: string, webhooks: readonly object[]): void;
  /** Makes a ConfigMap; says the code and what is told. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into objects of all kinds
  make(name: string, more?: { labels?: object; namespace?: string; query?: Record<string, string> }): any;
}

/** Says yes. */
export const yes = { allowed: true };

/** Says yes, and changes the object. */
export function patching(...operations: object[]): object {
  return { allowed: true, patchType: "JSONPatch", patch: encodeBase64(JSON.stringify(operations)) };
}

/** An answer with a body of one's own. */
export function answering(body: string, code = 200): PlayedAnswer {
  return { answer: { ok: true, code, body } };
}

/** A webhook that is asked about ConfigMaps. */
export function hookNamed(name: string, more: object = {}): object {
  return {
    name: `${name}.example.com`,
    clientConfig: { url: `https://hooks.example.com/${name}` },
    admissionReviewVersions: ["v1"],
    sideEffects: "None",
    rules: [{ apiGroups: [""], apiVersions: ["v1"], operations: ["*"], resources: ["configmaps"] }],
    ...more,
  };
}

const isPlayed = (answer: object | PlayedAnswer): answer is PlayedAnswer =>
  answer === "silence" || "answer" in (answer as object);

/** Sets a lab up whose webhooks answer as they are played; one that is not says yes. */
export function createWebhookLab(plays: Readonly<Record<string, Play>>, options: LabOptions = {}): WebhookLab {
  const asked: Asked[] = [];
  const places: string[] = [];
  const https = httpsClientModel((question) => {
    const { url, body = "" } = question;
    const { host, port } = httpsTarget(question);
    places.push(`${host}:${port}`);
    const hook = new URL(url).pathname.split("/").at(-1) ?? "";
    const { apiVersion, request } = JSON.parse(body);
    asked.push({ hook, request });
    const answer = plays[hook]?.({ hook, request }) ?? yes;
    if (isPlayed(answer)) return answer;
    const response = { uid: request.uid, ...answer };
    return answering(JSON.stringify({ kind: "AdmissionReview", apiVersion, response }));
  });
  const lab = createLab({ ...options, devices: [https, ...(options.devices ?? [])] });
  return {
    ...lab,
    asked,
    places,
    configure(sort, name, webhooks) {
      const kind = `${sort}WebhookConfiguration`;
      const body = { apiVersion: "admissionregistration.k8s.io/v1", kind, metadata: { name }, webhooks };
      const made = lab.call("create", `${kind.toLowerCase()}s`, { body });
      if (made.code !== 201) throw new Error(`Cannot configure ${name}: ${made.body.message}`);
      lab.simulation.advance(50);
    },
    make(name, { labels = {}, namespace = "default", query = {} } = {}) {
      const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, labels } };
      const { code, body: told, warnings } = lab.call("create", "configmaps", { namespace, body, query });
      return code === 201 ? { code, ...told, warnings } : { code, message: told.message };
    },
  };
}
