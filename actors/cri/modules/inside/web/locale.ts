const language = "en-US";

/** Texts that depend on a locale are those of `en-US` and UTC unless the module names others: machines differ. */
export function fixLocale(): void {
  for (const name of [
    "Collator",
    "DateTimeFormat",
    "ListFormat",
    "NumberFormat",
    "PluralRules",
    "RelativeTimeFormat",
  ] as const) {
    const Native = Intl[name] as unknown as new (locales: unknown, options: unknown) => object;
    function Fixed(this: unknown, locales: unknown, options: object = {}): object {
      const zone = name === "DateTimeFormat" ? { timeZone: "UTC", ...options } : options;
      return Reflect.construct(Native, [locales ?? language, zone], new.target ?? Native);
    }
    Object.defineProperty(Fixed, "prototype", { value: Native.prototype });
    Object.defineProperty(Fixed, "name", { value: name });
    Object.defineProperty(Native.prototype, "constructor", { value: Fixed, configurable: true });
    Object.assign(Fixed, { supportedLocalesOf: (Native as unknown as typeof Intl.NumberFormat).supportedLocalesOf });
    Object.defineProperty(Intl, name, { value: Fixed, configurable: true, writable: true });
  }
  type Method = (this: unknown, ...values: unknown[]) => unknown;
  const wrap = (prototype: object, name: string, make: (native: Method) => Method) => {
    const native = (prototype as Record<string, Method>)[name] as Method;
    Object.defineProperty(prototype, name, { value: make(native), configurable: true, writable: true });
  };
  for (const prototype of [Number.prototype, BigInt.prototype]) {
    wrap(
      prototype,
      "toLocaleString",
      (native) =>
        function (locales = language, options) {
          return native.call(this, locales, options);
        },
    );
  }
  for (const name of ["toLocaleString", "toLocaleDateString", "toLocaleTimeString"]) {
    wrap(
      Date.prototype,
      name,
      (native) =>
        function (locales = language, options = {}) {
          return native.call(this, locales, { timeZone: "UTC", ...(options as object) });
        },
    );
  }
  wrap(
    String.prototype,
    "localeCompare",
    (native) =>
      function (other, locales = language, options = {}) {
        return native.call(this, other, locales, options);
      },
  );
  for (const name of ["toLocaleUpperCase", "toLocaleLowerCase"]) {
    wrap(
      String.prototype,
      name,
      (native) =>
        function (locales = language) {
          return native.call(this, locales);
        },
    );
  }
}
