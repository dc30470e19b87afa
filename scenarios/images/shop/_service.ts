import type { ExecResult, ImageEnv, ImageModule } from "../../../actors/cri/modules/image_module.ts";
import { type Incoming, type Routes, routerOf } from "./_routes.ts";

/** What a service of the shop is made of. */
export interface ServiceOptions {
  /** `cart`. */
  readonly name: string;
  readonly routes: Routes;
  /** What is done before it listens. Default: nothing. */
  readonly begin?: (env: ImageEnv) => Promise<void>;
  /** Services without which it cannot begin: it is not ready before each of them was ready once. Default: none. */
  readonly needs?: readonly string[];
  /** What `kubectl exec` may do, by the command's first word. Default: nothing. */
  readonly commands?: Readonly<Record<string, (args: readonly string[], env: ImageEnv) => ExecResult | string>>;
}

/** How long it still serves after SIGTERM: until nobody sends it new requests. `DRAIN_SECONDS` says otherwise. */
const drainSecondsDefault = 3;
const readyWithinMs = 800;
const lookMs = 20;

/** Where another service is: `STORE_URL`, or `http://store`. */
export function serviceUrl({ vars }: ImageEnv, service: string): string {
  return vars[`${service.replaceAll("-", "_").toUpperCase()}_URL`] ?? `http://${service}`;
}

/**
 * Makes an image of routes. It also answers `GET /ready`, for a readiness probe, and closes gracefully: from SIGTERM on
 * it is not ready, serves until it has been taken out of its Service, finishes what is under way, and exits with 0.
 */
export function service({ name, routes, begin, needs = [], commands = {} }: ServiceOptions): ImageModule {
  const answer = routerOf(routes);
  const missing = new Set(needs);
  let isClosing = false;
  let underWay = 0;

  async function ready({ env }: Incoming): Promise<Response> {
    if (isClosing) return new Response("closing\n", { status: 503 });
    for (const need of missing) {
      const why = await whyNotReady(env, need);
      if (why !== undefined) return new Response(`waiting for ${need}: ${why}\n`, { status: 503 });
      missing.delete(need);
    }
    return new Response("ready\n");
  }

  return {
    async start(env) {
      env.log(`${name} begins`);
      await begin?.(env);
    },
    async fetch(request, env) {
      const url = new URL(request.url);
      if (url.pathname === "/ready") return ready({ request, env, url });
      underWay++;
      try {
        const response = await answer({ request, env, url });
        // Who keeps its connections open would not notice that it is to go elsewhere.
        if (isClosing) response.headers.set("connection", "close");
        env.log(request.method, url.pathname, response.status);
        return response;
      } finally {
        underWay--;
      }
    },
    async signal(signal, env) {
      env.log(`${name} closes: ${signal}`);
      isClosing = true;
      await pause(Number(env.vars.DRAIN_SECONDS ?? drainSecondsDefault) * 1_000);
      // It does not wait for ever: after the pod's grace period it is killed.
      while (underWay > 0) await pause(lookMs);
      return 0;
    },
    exec([command = "", ...args], env) {
      const known = Object.hasOwn(commands, command) ? commands[command] : undefined;
      if (known) return known(args, env);
      return {
        exitCode: 127,
        stderr: `${command}: there is no such command, use ${Object.keys(commands).join(", ")}\n`,
      };
    },
  };
}

async function whyNotReady(env: ImageEnv, service: string): Promise<string | undefined> {
  try {
    const { status } = await fetch(`${serviceUrl(env, service)}/ready`, { signal: AbortSignal.timeout(readyWithinMs) });
    return status === 200 ? undefined : `it answers ${status}`;
  } catch (error) {
    return causeOf(error);
  }
}

/** What is behind an error of `fetch`, which itself says only that it failed. */
export function causeOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? cause.message : message;
}

/** Waits. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
