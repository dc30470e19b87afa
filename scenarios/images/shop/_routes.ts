import type { ImageEnv } from "../../../actors/cri/modules/image_module.ts";
import { Refusal } from "./_refusal.ts";

/** A request and where it goes. */
export interface Incoming {
  readonly request: Request;
  readonly env: ImageEnv;
  readonly url: URL;
}

/** A request as its route sees it. */
export interface Asked extends Incoming {
  /** What stands in the path where the route has `:names`. */
  readonly params: Readonly<Record<string, string>>;
}

/** Answers by `GET /products/:id`: what a route gives is sent as JSON, unless it is a `Response`. */
export type Routes = Readonly<Record<string, (asked: Asked) => unknown>>;

/** Makes what answers by a table of routes; what a route refuses or throws is an answer too. */
export function routerOf(routes: Routes): (incoming: Incoming) => Promise<Response> {
  const table = Object.entries(routes).map(([line, answer]) => {
    const [method = "", path = ""] = line.split(" ");
    return { method, parts: path.split("/"), answer };
  });

  return async (incoming) => {
    const { request, url } = incoming;
    const parts = url.pathname.split("/");
    const found = table.filter((route) => fits(route.parts, parts));
    const route = found.find(({ method }) => method === request.method);
    try {
      if (!route) {
        const methods = found.map(({ method }) => method).join(", ");
        if (methods === "") throw new Refusal(404, `There is no ${url.pathname}`);
        throw new Refusal(405, `${request.method} ${url.pathname} is not possible, use ${methods}`);
      }
      const given = await route.answer({ ...incoming, params: paramsOf(route.parts, parts) });
      return given instanceof Response ? given : Response.json(given);
    } catch (error) {
      return answerOf(error, `${request.method} ${url.pathname}`);
    }
  };
}

function answerOf(error: unknown, asked: string): Response {
  if (error instanceof Refusal) return Response.json({ error: error.message }, { status: error.status });
  console.error(`${asked}:`, error);
  return Response.json({ error: "Something is wrong with this service, its log says what" }, { status: 500 });
}

function fits(pattern: readonly string[], parts: readonly string[]): boolean {
  return pattern.length === parts.length && pattern.every((part, at) => part.startsWith(":") || part === parts[at]);
}

function paramsOf(pattern: readonly string[], parts: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [at, part] of pattern.entries()) {
    if (part.startsWith(":")) params[part.slice(1)] = decoded(parts[at] ?? "");
  }
  return params;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal(400, `Cannot read "${part}": it is not a part of a path`);
  }
}
