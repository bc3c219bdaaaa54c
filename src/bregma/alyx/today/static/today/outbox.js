// Entries that were made on this phone: each is stored before it is sent, under a key that says that two are one.
// It is sent, with the same key, until the server answers; so none is lost, and none is kept twice.

const PREFIX = "bregma-today:";
const FIRST_WAIT = 2000, LONGEST_WAIT = 60_000, PATIENCE = 20_000;
const REMEMBERED = 36 * 3600_000;

export function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16)); // pages without https have no randomUUID
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

export class Outbox extends EventTarget {
  // page: { url, person, name, loaded, csrf } ; `loaded` is when the server made the page.
  constructor(page) {
    super();
    this.page = page;
    this.memory = new Map(); // what the phone could not store
    this.trouble = "";
    this.wait = FIRST_WAIT;
    this.busy = false;
    addEventListener("online", () => this.sendNow());
    addEventListener("pageshow", () => this.sendNow());
    document.addEventListener("visibilitychange", () => document.hidden || this.sendNow());
    addEventListener("storage", (event) => event.key?.startsWith(PREFIX) && this.#changed());
    addEventListener("beforeunload", (event) => this.memory.size && event.preventDefault());
    this.#forgetOld();
  }

  // All entries on this phone, the oldest first.
  all() {
    const found = [...this.memory.values()];
    for (const name of storedNames()) {
      try {
        const entry = JSON.parse(localStorage.getItem(name));
        if (entry?.id) found.push(entry);
      } catch { /* not ours, or gone meanwhile */ }
    }
    return found.sort((one, other) => one.made.localeCompare(other.made));
  }

  mine(state) {
    return this.all().filter((entry) => entry.by === this.page.person && entry.state === state);
  }

  // Keep an entry on the phone, then send it.
  add(kind, mouse, amount) {
    const made = new Date().toISOString();
    const { person, name } = this.page;
    const entry = { id: newKey(), kind, ...mouse, amount, made, by: person, byName: name, state: "waiting", tries: 0 };
    this.#put(entry);
    navigator.storage?.persist?.();
    this.#changed();
    this.sendNow();
    return entry;
  }

  // Let a refused entry go again: with the same key, as it was.
  again(entry) {
    this.#put({ ...entry, state: "waiting", words: "" });
    this.#changed();
    this.sendNow();
  }

  // Throw an entry away: one that was refused, or never left the phone.
  drop(entry) {
    if (entry.state === "waiting" && entry.tries > 0) return;
    this.#remove(entry.id);
    this.#changed();
  }

  sendNow() {
    this.wait = FIRST_WAIT;
    this.send();
  }

  async send() {
    if (this.busy) return;
    this.busy = true;
    clearTimeout(this.timer);
    try {
      await oneTabAtATime(() => this.#drain());
    } finally {
      this.busy = false;
      this.#changed();
    }
  }

  async #drain() {
    for (let entry; (entry = this.mine("waiting")[0]); ) {
      if (!navigator.onLine) { this.trouble = "offline"; break; }
      if (!(await this.#post(entry))) break;
      this.trouble = "";
      this.#changed();
    }
    if (!this.mine("waiting").length) { this.trouble = ""; return; }
    this.timer = setTimeout(() => this.send(), this.wait * (0.8 + 0.4 * Math.random()));
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
  }

  // Send one entry; false if there was no answer that settles it.
  async #post(entry) {
    this.#put({ ...entry, tries: entry.tries + 1 });
    const { id, kind, subject, amount, by } = entry;
    let answer, said;
    try {
      answer = await fetch(this.page.url, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.page.csrf() },
        body: JSON.stringify({ id, kind, subject, amount, by, at: entry.made }),
        credentials: "same-origin",
        redirect: "manual",
        keepalive: true,
        signal: AbortSignal.timeout?.(PATIENCE),
      });
      said = await answer.json().catch(() => null);
    } catch {
      this.trouble = "offline";
      return false;
    }
    if (said?.state === "kept" && said.id === id) return this.#settle(entry, { state: "sent", sent: Date.now() });
    if (said?.state === "refused") return this.#settle(entry, { state: "refused", words: said.words });
    const unknown = [401, 403].includes(answer.status) || answer.type === "opaqueredirect";
    this.trouble = said?.state === "person" ? "person" : unknown ? "log in" : answer.ok ? "offline" : "server";
    return false;
  }

  #settle(entry, more) {
    this.#put({ ...entry, tries: entry.tries + 1, ...more });
    return true;
  }

  #put(entry) {
    try {
      localStorage.setItem(PREFIX + entry.id, JSON.stringify(entry));
      this.memory.delete(entry.id);
    } catch {
      this.memory.set(entry.id, entry);
    }
  }

  #remove(id) {
    this.memory.delete(id);
    localStorage.removeItem(PREFIX + id);
  }

  // What was sent before the page was made is in the page, unless somebody undid it.
  #forgetOld() {
    for (const entry of this.all()) {
      if (entry.state !== "sent") continue;
      if (entry.sent < this.page.loaded || Date.now() - entry.sent > REMEMBERED) this.#remove(entry.id);
    }
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

function storedNames() {
  try {
    return Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  } catch {
    return [];
  }
}

function oneTabAtATime(work) {
  return navigator.locks ? navigator.locks.request("bregma-today", work) : work();
}
