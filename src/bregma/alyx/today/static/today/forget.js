// On the log-in page: nobody is logged in, so no page of the day stays on this phone. Unsent entries do.
globalThis.caches?.delete("bregma-today").catch(() => {});
