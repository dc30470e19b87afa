import type { ImageModule } from "../../../actors/cri/modules/image_module.ts";

/** Answers at once. */
export default {
  fetch: (_request, env) => new Response(env.hostname),
} satisfies ImageModule;
