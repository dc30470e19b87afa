import type { ImageModule } from "../../../actors/cri/modules/image_module.ts";

/** Sends `count` requests to `url`, `window` at a time, and answers with how long each took, in milliseconds. */
export default {
  async fetch(request, env) {
    const { searchParams } = new URL(request.url);
    const url = searchParams.get("url");
    if (url === null) return new Response("ready");
    const [count, window] = [Number(searchParams.get("count")), Number(searchParams.get("window"))];
    const tookMs: number[] = [];
    let sent = 0;
    const startedMs = performance.now();
    await Promise.all(
      Array.from({ length: window }, async () => {
        while (sent++ < count) {
          const sentMs = performance.now();
          await (await env.fetch(url)).text();
          tookMs.push(performance.now() - sentMs);
        }
      }),
    );
    return Response.json({ tookMs, wholeMs: performance.now() - startedMs });
  },
} satisfies ImageModule;
