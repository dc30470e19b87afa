import { SimulatedPromise } from "../promise.ts";

// First of all: what is evaluated after this keeps hold of the Promise that it finds.
globalThis.Promise = SimulatedPromise as unknown as PromiseConstructor;
// It gives native promises, which no simulation could order.
Reflect.deleteProperty(Array, "fromAsync");
