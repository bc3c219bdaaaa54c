// Keeps the page of the day and its files, so that it opens without a connection. Only the last person's page is kept:
// every answer that is not theirs empties the store, and so do logging out and the log-in page.
const STORE = "bregma-today";
const PATIENCE = 8000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate" && url.pathname === "/today/") event.respondWith(page(request));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});

async function page(request) {
  const store = await caches.open(STORE);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok && !answer.redirected && answer.type === "basic") await store.put(request, answer.clone());
    else if (answer.status < 500) await caches.delete(STORE); // logged out, or not allowed
    return answer;
  } catch (failed) {
    const kept = (await store.match(request)) ?? (await store.match("/today/"));
    if (kept) return kept;
    throw failed;
  }
}

async function file(request) {
  const store = await caches.open(STORE);
  try {
    const answer = await fetch(request);
    if (answer.ok) await store.put(request, answer.clone());
    return answer;
  } catch (failed) {
    const kept = await store.match(request, { ignoreSearch: true });
    if (kept) return kept;
    throw failed;
  }
}
