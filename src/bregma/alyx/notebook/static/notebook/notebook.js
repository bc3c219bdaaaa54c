// Pictures that are pasted, dropped or chosen; people who are mentioned; keys of the calendar. Pages work without it.

for (const form of document.querySelectorAll("form[data-pictures]")) takePictures(form);

function takePictures(form) {
  const box = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-previews]");
  const said = form.querySelector("[data-said]");
  let files = [];

  const say = (words) => { said.textContent = words; said.hidden = !words; };

  function add(more) {
    say("");
    for (const file of more) {
      if (!["image/png", "image/jpeg", "image/webp"].includes(file.type)) say(`${file.name || "This"} is no PNG, JPEG or WebP.`);
      else if (file.size > Number(form.dataset.mostBytes)) say(`${file.name || "This picture"} is too large: make it smaller first.`);
      else if (files.length >= Number(form.dataset.mostPictures)) say(`${form.dataset.mostPictures} pictures go in one go.`);
      else files.push(file);
    }
    show();
  }

  function show() {
    const chosen = new DataTransfer();
    files.forEach((file) => chosen.items.add(file));
    box.files = chosen.files;
    list.querySelectorAll("img").forEach((image) => URL.revokeObjectURL(image.src));
    list.replaceChildren(...files.map(preview));
    list.hidden = files.length === 0;
  }

  function preview(file, index) {
    const item = document.createElement("li");
    const image = document.createElement("img");
    image.src = URL.createObjectURL(file);
    image.alt = file.name || `Pasted picture ${index + 1}`;
    const drop = document.createElement("button");
    Object.assign(drop, { type: "button", textContent: "×" });
    drop.setAttribute("aria-label", `Leave out ${image.alt}`);
    drop.addEventListener("click", () => { files.splice(index, 1); show(); box.focus(); });
    item.append(image, drop);
    return item;
  }

  box.addEventListener("change", () => { const fresh = [...box.files].filter((file) => !files.includes(file)); add(fresh); });
  form.addEventListener("paste", (event) => {
    const pasted = [...event.clipboardData.files];
    if (pasted.length) { event.preventDefault(); add(pasted); }
  });
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    if (event.target === box || !event.dataTransfer.files.length) return;
    event.preventDefault();
    add([...event.dataTransfer.files]);
  });
}

// Mentions: a list below the box while a word that begins with @ is typed.
let open = null;

document.addEventListener("input", (event) => {
  const box = event.target.closest("textarea[data-mentions]");
  if (!box) return;
  const word = /(?:^|[^\w@./+-])@([\w.+-]*)$/.exec(box.value.slice(0, box.selectionStart));
  if (!word) return close();
  const list = open?.box === box ? open.list : begin(box);
  open.start = box.selectionStart - word[1].length;
  window.htmx.ajax("GET", `${box.dataset.mentions}?q=${encodeURIComponent(word[1])}`, { target: list, swap: "innerHTML" })
    .then(() => open && choose(0));
});

function begin(box) {
  close();
  const list = document.createElement("ul");
  Object.assign(list, { className: "people", id: `people-of-${box.id}` });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People");
  box.after(list);
  for (const [name, value] of [["role", "combobox"], ["aria-controls", list.id], ["aria-expanded", "true"], ["aria-autocomplete", "list"]]) box.setAttribute(name, value);
  open = { box, list, start: 0, at: 0 };
  list.addEventListener("pointerdown", (event) => { event.preventDefault(); take(event.target.closest("[data-name]")); });
  return list;
}

function close() {
  if (!open) return;
  for (const name of ["role", "aria-controls", "aria-expanded", "aria-autocomplete", "aria-activedescendant"]) open.box.removeAttribute(name);
  open.list.remove();
  open = null;
}

function choose(index) {
  const items = [...open.list.querySelectorAll("[data-name]")];
  if (!items.length) return;
  open.at = (index + items.length) % items.length;
  items.forEach((item, i) => item.setAttribute("aria-selected", String(i === open.at)));
  open.box.setAttribute("aria-activedescendant", items[open.at].id);
}

function take(item) {
  if (!item || !open) return;
  const { box, start } = open;
  box.setRangeText(`${item.dataset.name} `, start, box.selectionStart, "end");
  close();
  box.focus();
}

document.addEventListener("keydown", (event) => {
  if (!open || event.target !== open.box) return;
  const items = open.list.querySelectorAll("[data-name]");
  if (event.key === "Escape") { event.preventDefault(); close(); }
  else if (!items.length) return;
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); choose(open.at + (event.key === "ArrowDown" ? 1 : -1)); }
  else if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); take(items[open.at]); }
});
document.addEventListener("focusout", (event) => { if (open && event.target === open.box) close(); });

// A procedure that is chosen fills an empty narrative with its template.
for (const form of document.querySelectorAll("form:has([data-templates])")) {
  const narrative = form.querySelector("[data-templates]");
  form.addEventListener("change", (event) => {
    if (event.target.name !== "procedures" || !event.target.checked || narrative.value.trim()) return;
    const source = document.querySelector(`template[data-procedure="${CSS.escape(event.target.value)}"]`);
    if (source) narrative.value = source.content.textContent.trim();
  });
}

// The calendar: [ and ] go back and on, . to today.
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest?.("input, select, textarea, dialog[open]")) return;
  const link = document.querySelector(`[data-calendar-key="${CSS.escape(event.key)}"]`);
  if (link) { event.preventDefault(); location.assign(link.href); }
});
