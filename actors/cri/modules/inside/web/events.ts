import { queueTimer } from "./timers.ts";

type Listener = ((event: SimulatedEvent) => void) | { handleEvent(event: SimulatedEvent): void };

interface Registered {
  readonly listener: Listener;
  readonly once: boolean;
}

/** `Event` of a simulated container. */
export class SimulatedEvent {
  readonly type: string;
  readonly cancelable: boolean;
  target: unknown = null;
  defaultPrevented = false;

  constructor(type: string, { cancelable = false }: { readonly cancelable?: boolean } = {}) {
    this.type = String(type);
    this.cancelable = cancelable;
  }

  preventDefault(): void {
    if (this.cancelable) this.defaultPrevented = true;
  }
}

/** `EventTarget` of a simulated container. */
export class SimulatedEventTarget {
  readonly #listeners = new Map<string, Registered[]>();

  addEventListener(type: string, listener: Listener | null, options?: boolean | { readonly once?: boolean }): void {
    if (!listener) return;
    const list = this.#listeners.get(type) ?? [];
    if (list.some((each) => each.listener === listener)) return;
    const once = typeof options === "object" && options.once === true;
    this.#listeners.set(type, [...list, { listener, once }]);
  }

  removeEventListener(type: string, listener: Listener | null): void {
    const list = this.#listeners.get(type) ?? [];
    this.#listeners.set(
      type,
      list.filter((each) => each.listener !== listener),
    );
  }

  dispatchEvent(event: SimulatedEvent): boolean {
    event.target = this;
    const handler = (this as unknown as Record<string, unknown>)[`on${event.type}`];
    if (typeof handler === "function") handler.call(this, event);
    for (const { listener, once } of this.#listeners.get(event.type) ?? []) {
      if (once) this.removeEventListener(event.type, listener);
      if (typeof listener === "function") listener.call(this, event);
      else listener.handleEvent(event);
    }
    return !event.defaultPrevented;
  }
}

/** `DOMException` of a simulated container. */
export class SimulatedDomException extends Error {
  constructor(message = "", name = "Error") {
    super(message);
    Object.defineProperty(this, "name", { value: name, configurable: true });
  }

  get code(): number {
    return { AbortError: 20, TimeoutError: 23, InvalidCharacterError: 5, DataCloneError: 25 }[this.name] ?? 0;
  }
}

let abort: (signal: SimulatedAbortSignal, reason: unknown) => void;

/** `AbortSignal` of a simulated container. */
export class SimulatedAbortSignal extends SimulatedEventTarget {
  #isAborted = false;
  #reason: unknown;
  onabort: ((event: SimulatedEvent) => void) | null = null;

  static {
    abort = (signal, reason) => {
      if (signal.#isAborted) return;
      signal.#isAborted = true;
      signal.#reason =
        reason === undefined ? new SimulatedDomException("This operation was aborted", "AbortError") : reason;
      signal.dispatchEvent(new SimulatedEvent("abort"));
    };
  }

  get aborted(): boolean {
    return this.#isAborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  throwIfAborted(): void {
    if (this.#isAborted) throw this.#reason;
  }

  static abort(reason?: unknown): SimulatedAbortSignal {
    const signal = new SimulatedAbortSignal();
    abort(signal, reason);
    return signal;
  }

  static timeout(delayMs: number): SimulatedAbortSignal {
    const signal = new SimulatedAbortSignal();
    const late = () =>
      abort(signal, new SimulatedDomException("The operation was aborted due to timeout", "TimeoutError"));
    queueTimer(late, delayMs);
    return signal;
  }

  static any(signals: Iterable<SimulatedAbortSignal>): SimulatedAbortSignal {
    const signal = new SimulatedAbortSignal();
    for (const each of signals) {
      if (each.aborted) abort(signal, each.reason);
      else each.addEventListener("abort", () => abort(signal, each.reason), { once: true });
    }
    return signal;
  }
}

/** `AbortController` of a simulated container. */
export class SimulatedAbortController {
  readonly signal: SimulatedAbortSignal = new SimulatedAbortSignal();

  abort(reason?: unknown): void {
    abort(this.signal, reason);
  }
}

for (const [name, made] of Object.entries({
  Event: SimulatedEvent,
  EventTarget: SimulatedEventTarget,
  DOMException: SimulatedDomException,
  AbortSignal: SimulatedAbortSignal,
  AbortController: SimulatedAbortController,
})) {
  Object.defineProperty(made, "name", { value: name });
}
