import type { ImageModule } from "../../actors/cri/modules/image_module.ts";

/** Gives back what it was sent, as it comes; `GET` tells what was asked. */
export default {
  fetch(request, env) {
    env.log(request.method, request.url);
    if (request.body === null) {
      const headers = Object.fromEntries(request.headers);
      return Response.json({ method: request.method, url: request.url, headers, hostname: env.hostname });
    }
    const type = request.headers.get("content-type") ?? "application/octet-stream";
    return new Response(request.body, { headers: { "content-type": type } });
  },
} satisfies ImageModule;
