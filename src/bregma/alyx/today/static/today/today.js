// The page of the day: every mouse, what waits on this phone, and the page itself when there is no connection.
import { Outbox } from "./outbox.js";
import { lineOf, Row } from "./row.js";

const root = document.querySelector("[data-today]");
const cookie = (name) => document.cookie.split("; ").find((part) => part.startsWith(`${name}=`))?.slice(name.length + 1);
const outbox = new Outbox({
  url: root.dataset.enter,
  person: root.dataset.person,
  name: root.dataset.name,
  loaded: Date.parse(root.dataset.now),
  csrf: () => cookie("csrftoken") ?? root.querySelector("[name=csrfmiddlewaretoken]").value,
});
const rows = [...root.querySelectorAll("[data-mouse]")].map((card) => new Row(card, outbox, root.dataset.due));

const TROUBLE = {
  offline: "There is no connection now; they go by themselves as soon as there is.",
  "log in": "You are logged out. Log in, and they go by themselves.",
  person: "Another person is logged in now. Log in again yourself, and they go by themselves.",
  server: "The server does not answer as it should; they are sent again in a minute.",
};
const several = (n, words) => `${n} ${n === 1 ? words : words.replace("entry", "entries")}`;

function showOutbox() {
  const all = outbox.all(), own = (entry) => entry.by === outbox.page.person;
  const waiting = all.filter((entry) => entry.state === "waiting"), refused = all.filter((entry) => entry.state === "refused" && own(entry));
  const others = waiting.filter((entry) => !own(entry)), mine = waiting.filter(own);
  const box = root.querySelector("#outbox");
  box.hidden = !mine.length && !refused.length && !others.length;
  const told = [];
  if (mine.length) told.push(`${several(mine.length, "entry")} ${mine.length === 1 ? "waits" : "wait"} on this phone. ${TROUBLE[outbox.trouble] ?? "Sending…"}`);
  if (refused.length) told.push(`${several(refused.length, "entry")} ${refused.length === 1 ? "was" : "were"} refused: decide what becomes of ${refused.length === 1 ? "it" : "them"}.`);
  for (const name of new Set(others.map((entry) => entry.byName))) {
    const n = others.filter((entry) => entry.byName === name).length;
    told.push(`${several(n, "entry")} of ${name} ${n === 1 ? "waits" : "wait"} for ${name} to log in on this phone.`);
  }
  if (outbox.memory.size) told.push("This phone stores nothing: leave the page open until all is sent.");
  const words = box.querySelector("[data-outbox-words]"), text = told.join(" ");
  if (words.textContent !== text) words.textContent = text;
  const shown = new Set(rows.map((row) => row.mouse.subject));
  const listed = [...mine, ...refused].filter((entry) => entry.state === "refused" || !shown.has(entry.subject));
  box.querySelector("[data-outbox-list]").replaceChildren(...listed.map((entry) => lineOf(entry, outbox, `${entry.nickname} `)));
  box.querySelector("[data-send]").hidden = !mine.length;
  box.querySelector("[data-log-in]").hidden = !["log in", "person"].includes(outbox.trouble);
  box.classList.toggle("is-bad", refused.length > 0 || ["log in", "person"].includes(outbox.trouble));
}

function showCounts() {
  const toDo = rows.filter((row) => !row.done);
  const counts = root.querySelector("[data-counts]"), jump = root.querySelector("[data-count=to-do]");
  const toWeigh = rows.filter((row) => !row.weighed).length, toWater = rows.filter((row) => !row.card.classList.contains("is-watered")).length;
  if (counts) counts.textContent = toDo.length ? `${toWeigh} to weigh · ${toWater} to water` : "";
  if (jump) jump.textContent = toDo.length;
  root.querySelector("[data-all-done]").hidden = !rows.length || toDo.length > 0;
}

function showAge() {
  const until = rows.map((row) => Date.parse(row.facts.until)), note = root.querySelector("#stale");
  note.hidden = !until.some((moment) => moment <= Date.now());
  note.textContent = "This page was loaded on another day. Entries count for today; the rest comes when there is a connection: reload then.";
}

function refresh() {
  rows.forEach((row) => row.update());
  showOutbox();
  showCounts();
  showAge();
}

// The pages of the person who used this phone before are not for this one.
async function forgetOther() {
  const name = "bregma-today-person";
  if (localStorage.getItem(name) !== root.dataset.person) await globalThis.caches?.delete("bregma-today");
  localStorage.setItem(name, root.dataset.person);
}

// Let the worker keep this page; it did not see the first one being loaded, so that is fetched once more.
async function keepPage() {
  if (!navigator.serviceWorker || !globalThis.caches) return;
  const isSeen = navigator.serviceWorker.controller !== null;
  await navigator.serviceWorker.register(root.dataset.worker, { scope: "/today/" });
  if (isSeen) return;
  const files = performance.getEntriesByType("resource").map((file) => file.name).filter((name) => new URL(name).pathname.startsWith("/static/"));
  const store = await caches.open("bregma-today");
  await store.addAll([...new Set([location.href.replace(/#.*/, ""), ...files])]);
  root.dataset.kept = "yes";
}

outbox.addEventListener("change", refresh);
root.addEventListener("input", showCounts);
root.addEventListener("next", (event) => {
  const at = rows.findIndex((row) => row.card === event.target);
  const next = rows.slice(at + 1).find((row) => !row.done) ?? rows.find((row) => !row.done && row.card !== event.target);
  if (!next) { document.activeElement?.blur(); return; }
  (next.weighed ? next.water : next.weight).focus();
  next.card.scrollIntoView({ block: "center" });
});
root.querySelector("[data-send]").addEventListener("click", () => outbox.sendNow());
document.querySelector(`form[action$="/logout"]`)?.addEventListener("submit", () => globalThis.caches?.delete("bregma-today"));

refresh();
outbox.sendNow();
forgetOther().then(keepPage).catch(() => {}); // without them, only the page for offline is missing
