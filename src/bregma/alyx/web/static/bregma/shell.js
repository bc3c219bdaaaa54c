// Keys, dialogs, menus, toasts and file drops. Every page works without it.
document.documentElement.classList.add("js");

const typing = (target) => target.closest?.("input, select, textarea, [contenteditable], dialog[open]");
let waiting = 0;

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (waiting && Date.now() - waiting < 1500) {
    waiting = 0;
    const link = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (link) { event.preventDefault(); location.assign(link.href); }
    return;
  }
  if (event.key === "g") waiting = Date.now();
  if (event.key === "/") focusSearch(event);
  if (event.key === "?") document.getElementById("keys")?.showModal();
});

function focusSearch(event) {
  const box = document.getElementById("find") ?? document.querySelector("main input[type=search]");
  if (box) { event.preventDefault(); box.focus(); box.select(); }
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) { event.preventDefault(); document.getElementById(opener.dataset.opens)?.showModal(); }
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
  if (event.target.closest("[data-dismiss]")) event.target.closest(".toast")?.remove();
  if (event.target.closest("[data-print]")) window.print();
  for (const open of document.querySelectorAll("details.menu[open], details.more[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && document.querySelector("details.more[open]");
  if (open) { open.open = false; open.querySelector("summary").focus(); }
});

// On a phone the tabs are a row that scrolls: show the one that is open.
const row = document.querySelector(".tabs");
const current = row?.querySelector("[aria-current]");
if (current) row.scrollLeft = current.offsetLeft - row.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;

function present(toast) {
  toast.querySelector("[data-dismiss]").hidden = false;
  if (!("stays" in toast.dataset) && !toast.querySelector("a")) setTimeout(() => toast.matches(":hover, :focus-within") || toast.remove(), 8000);
}
document.querySelectorAll(".toast").forEach(present);

// An answer to htmx says a line with the header HX-Trigger: {"toast": {"words": "Saved", "tone": "good"}}.
document.addEventListener("toast", (event) => {
  const { words, tone = "good" } = event.detail;
  const toast = document.createElement("div");
  toast.className = `toast note note-${tone}`;
  if (tone !== "good") toast.dataset.stays = "";
  const text = document.createElement("p");
  text.textContent = words;
  const close = document.createElement("button");
  Object.assign(close, { type: "button", className: "icon-button", textContent: "×" });
  close.setAttribute("aria-label", "Dismiss");
  close.dataset.dismiss = "";
  toast.append(text, close);
  document.querySelector(".toasts").append(toast);
  present(toast);
});
document.addEventListener("htmx:responseError", () => say("The server refused this. Reload the page and try again."));
document.addEventListener("htmx:sendError", () => say("No connection. Nothing was saved; try again."));
function say(words) { document.dispatchEvent(new CustomEvent("toast", { detail: { words, tone: "bad" } })); }

for (const kind of ["dragenter", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => event.target.closest?.(".drop")?.classList.toggle("over", kind === "dragenter"));
}
document.addEventListener("change", (event) => {
  const said = event.target.closest(".drop")?.querySelector("[data-chosen]");
  if (said) said.textContent = [...event.target.files].map((file) => file.name).join(", ");
});
