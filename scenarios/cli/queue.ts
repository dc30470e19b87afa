import { InputError } from "../cluster/input_error.ts";

/**
 * How many workers listen to the queue at that URL.
 *
 * @throws InputError when there is no Redis
 */
export async function listenersOf(queue: string): Promise<number> {
  const { workersOf } = await import("../../properties/engine/search_queue.ts");
  return workersOf(queue).catch((error: Error) => {
    throw new InputError(error.message, { cause: error });
  });
}
