import type { ImageEnv, ImageModule } from "../../actors/cri/modules/image_module.ts";

const answeredWithinMs = 5_000;

/** What came of a call: the other side's answer, or why there is none, in the words of the system. */
async function call(url: string, env: ImageEnv) {
  try {
    const response = await env.fetch(url, { signal: AbortSignal.timeout(answeredWithinMs) });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const { message, cause } = error as Error;
    return { error: cause instanceof Error ? cause.message : message };
  }
}

/** Calls whom it is asked to call: `GET /?url=http://web/` tells how the network looks from this pod. */
export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/healthz") return new Response("ok");
    const url = searchParams.get("url");
    if (url === null) return Response.json({ error: "Say whom to call: /?url=http://web/" }, { status: 400 });
    return Response.json(await call(url, env));
  },
  async exec([url = ""], env) {
    const { error, text } = await call(url, env);
    return error === undefined ? { stdout: text ?? "" } : { exitCode: 1, stderr: `${error}\n` };
  },
} satisfies ImageModule;
