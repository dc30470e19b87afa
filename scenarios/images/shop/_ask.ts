import type { ImageEnv } from "../../../actors/cri/modules/image_module.ts";
import { Refusal } from "./_refusal.ts";
import { causeOf, serviceUrl } from "./_service.ts";

/** What another service answered. */
export interface Answer<T> {
  readonly status: number;
  readonly body: T;
}

const answeredWithinMs = 5_000;

/**
 * Asks another service: `ask(env, "GET catalogue/products")`. Nothing is tried twice, that is for whoever knows that it
 * may be.
 *
 * @throws Refusal with 503 when nobody answers, and with 502 when something is wrong there
 */
export async function ask<T>(env: ImageEnv, line: string, body?: unknown): Promise<Answer<T>> {
  const [, method = "", service = "", path = ""] = /^(\w+) ([\w-]+)(\/.*)$/.exec(line) ?? [];
  const sent =
    body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
  const signal = AbortSignal.timeout(answeredWithinMs);
  let answer: Answer<T>;
  try {
    const response = await env.fetch(`${serviceUrl(env, service)}${path}`, { method, signal, ...sent });
    answer = { status: response.status, body: (await response.json()) as T };
  } catch (error) {
    throw new Refusal(503, `Cannot reach ${service}: ${causeOf(error)}`);
  }
  if (answer.status < 500) return answer;
  const { error = "it does not say why" } = answer.body as { readonly error?: string };
  throw new Refusal(answer.status === 503 ? 503 : 502, `Cannot use ${service}: ${error}`);
}

/** Asks for what has to be there: a refusal of the other service becomes one's own. */
export async function askFor<T>(env: ImageEnv, line: string, body?: unknown): Promise<T> {
  const answer = await ask<T & { readonly error?: string }>(env, line, body);
  if (answer.status >= 400) throw new Refusal(answer.status, answer.body.error ?? `${line} is refused`);
  return answer.body;
}
