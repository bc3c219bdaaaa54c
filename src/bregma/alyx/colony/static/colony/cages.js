// Drags a cage to another place of its rack. Without it, or from the keyboard: "move", then the place.
const FAR = 6; // px: less than this is a click
let drag = null;

const mapOf = (element) => element.closest("[data-map]");
const ready = () => document.querySelector("[data-map]")?.setAttribute("data-ready", "");
ready();
document.addEventListener("htmx:afterSwap", ready);

document.addEventListener("pointerdown", (event) => {
  const cage = event.target.closest("[data-cage]");
  if (!cage || !mapOf(cage) || event.button !== 0 || event.target.closest(".cages-do")) return;
  drag = { cage, x: event.clientX, y: event.clientY, touch: event.pointerType === "touch", held: false, over: null };
  if (drag.touch) drag.timer = setTimeout(() => { if (drag) hold(); }, 350); // a shorter touch scrolls
});

function hold() {
  drag.held = true;
  drag.cage.classList.add("dragged");
}

document.addEventListener("pointermove", (event) => {
  if (!drag) return;
  const [dx, dy] = [event.clientX - drag.x, event.clientY - drag.y];
  if (!drag.held) {
    if (Math.hypot(dx, dy) < FAR) return;
    if (drag.touch) { release(); return; }
    hold();
  }
  drag.cage.style.translate = `${dx}px ${dy}px`;
  const over = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-place]");
  if (over === drag.over) return;
  drag.over?.classList.remove("over");
  drag.over = over && mapOf(over) === mapOf(drag.cage) && !over.contains(drag.cage) ? over : null;
  drag.over?.classList.add("over");
});

document.addEventListener("pointerup", () => {
  if (!drag) return;
  const { cage, over, held } = drag;
  release();
  if (!held) return;
  const swallow = (event) => { event.preventDefault(); event.stopPropagation(); };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }), 50);
  if (!over) return;
  const form = mapOf(cage);
  form.elements.cage.value = cage.dataset.cage;
  const place = form.querySelector("input[name=place]");
  place.disabled = false;
  place.value = over.dataset.place;
  form.requestSubmit();
});
for (const kind of ["pointercancel", "blur"]) window.addEventListener(kind, () => drag && release());
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && drag) release(); });
document.addEventListener("touchmove", (event) => { if (drag?.held) event.preventDefault(); }, { passive: false });
document.addEventListener("dragstart", (event) => { if (event.target.closest?.("[data-cage]")) event.preventDefault(); });

function release() {
  clearTimeout(drag.timer);
  drag.cage.classList.remove("dragged");
  drag.cage.style.translate = "";
  drag.over?.classList.remove("over");
  drag = null;
}
