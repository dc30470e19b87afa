import type { ImageEnv } from "../../../actors/cri/modules/image_module.ts";
import { ask } from "./_ask.ts";

/** Tells the logging service what happened. What was done is done: without the service it is only told on the console. */
export async function report(env: ImageEnv, service: string, text: string): Promise<void> {
  try {
    await ask(env, "POST logging/entries", { service, text });
  } catch (error) {
    console.error(`${text} (${(error as Error).message})`);
  }
}
