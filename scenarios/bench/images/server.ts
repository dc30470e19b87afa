import type { ImageModule } from "../../../actors/container_runtime/module_device/image_module.ts";

/** Answers at once. */
export default {
  fetch: (_request, env) => new Response(env.hostname),
} satisfies ImageModule;
