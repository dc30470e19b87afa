import type { ImageModule } from "../../actors/cri/modules/image_module.ts";

/** Greets, and says which pod did. */
export default {
  fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/healthz") return new Response("ok");
    const greeting = env.vars.GREETING ?? "Hello";
    return new Response(`${greeting}, ${searchParams.get("name") ?? "world"}, from ${env.hostname}\n`);
  },
  exec: (command) => `${command.join(" ")}\n`,
} satisfies ImageModule;
