import { test as nodeTest, type TestContext } from "node:test";

/** What a test may be told beside its name. */
export interface TestSettings {
  /** How long it may take. Default: without a limit. */
  readonly timeout?: number;
}

type Body = (context: TestContext) => void | Promise<void>;

/** The file whose tests are being declared, where its process runs several. */
let current: { readonly context: TestContext; readonly tests: Promise<void>[] } | undefined;

/** Declares a test: of its process where a file has that to itself, else of the file that is being loaded. */
export function declare(name: string, settings: TestSettings, body: Body): void {
  if (current) current.tests.push(current.context.test(name, settings, body));
  else void nodeTest(name, settings, body);
}

/** Runs a file as a test: `load` declares what is in it. It ends when all that is in it has ended. */
export async function asOneTest(context: TestContext, load: () => Promise<unknown>): Promise<void> {
  const file = { context, tests: [] };
  current = file;
  try {
    await load();
  } finally {
    await Promise.all(file.tests);
    current = undefined;
  }
}
