import type { ImageEnv, ImageModule } from "../../../actors/cri/modules/image_module.ts";
import { type Wish, wishOf } from "../answer.ts";

/** How a server answers a wish that came with these letters; it calls `done` when its answer is on its way. */
export type Answer = (wish: Wish, call: { readonly letters: string; readonly env: ImageEnv }) => Promise<Response>;

const lookAgainMs = 50;

/**
 * A server that ends well: after SIGTERM it goes on for `DRAIN_MS`, in which every node hears that it is no endpoint any
 * more, and then until it has nothing in hand.
 */
export function server(answer: Answer): ImageModule {
  let inHand = 0;
  return {
    async fetch(request, env) {
      if (new URL(request.url).pathname === "/ready") return new Response("ok");
      inHand++;
      try {
        const letters = await request.text();
        const wish = wishOf(request.url);
        const response = await answer(wish, { letters, env });
        env.log(`answered ${wish.id} with ${response.status}`);
        return new Response(
          counted(response.body, () => inHand--),
          response,
        );
      } catch (error) {
        inHand--;
        throw error;
      }
    },
    async signal(name, env) {
      if (name !== "SIGTERM") return;
      await wait(Number(env.vars.DRAIN_MS ?? 0));
      while (inHand > 0) await wait(lookAgainMs);
      return 0;
    },
  };
}

/** Waits for so long. */
export function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The same body; `done` is called once, when it has ended, however it did. */
function counted(body: ReadableStream<Uint8Array> | null, done: () => void): ReadableStream<Uint8Array> | null {
  if (!body) {
    done();
    return null;
  }
  const reader = body.getReader();
  let isDone = false;
  const end = () => {
    if (!isDone) done();
    isDone = true;
  };
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done: isOver, value } = await reader.read();
        if (isOver) {
          end();
          controller.close();
        } else controller.enqueue(value);
      } catch (error) {
        end();
        throw error;
      }
    },
    cancel(reason) {
      end();
      return reader.cancel(reason);
    },
  });
}
