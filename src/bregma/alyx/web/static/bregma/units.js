// The chosen unit of an insertion: its row, its figures and the address of the page follow each other.
// j / k or the arrow buttons go to the next or previous unit in the order shown.

for (const panel of document.querySelectorAll("[data-units]")) {
  const body = panel.querySelector("tbody");
  const title = panel.querySelector("[data-unit-title]");
  const figures = [...panel.querySelectorAll("figure[data-src-template]")];
  const event = panel.querySelector("[data-unit-event]");
  const rows = () => [...body.rows];
  const current = () => body.querySelector('tr[aria-selected="true"]');

  const address = (unit) => {
    const url = new URL(location.href);
    url.searchParams.set("pid", panel.dataset.units);
    url.searchParams.set("unit", unit);
    if (event) url.searchParams.set("event", event.value);
    return url;
  };

  const show = (unit) => {
    for (const figure of figures) {
      figure.dataset.src = figure.dataset.srcTemplate.replace("{unit}", unit).replace("{event}", event?.value ?? "");
      figure.dispatchEvent(new CustomEvent("chart:load"));
    }
  };

  const scrollTo = (row) => {
    const box = body.closest(".unit-scroll");
    const top = row.offsetTop - box.querySelector("thead").offsetHeight;
    if (top < box.scrollTop || top + row.offsetHeight * 2 > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight / 3;
  };

  const select = (row, { remember = true } = {}) => {
    if (!row) return;
    current()?.setAttribute("aria-selected", "false");
    row.setAttribute("aria-selected", "true");
    title.textContent = `Unit ${row.dataset.unit}`;
    scrollTo(row);
    if (remember) history.replaceState(null, "", address(row.dataset.unit));
    show(row.dataset.unit);
  };

  const step = (by) => {
    const all = rows();
    const at = all.indexOf(current());
    select(all[Math.min(Math.max(at + by, 0), all.length - 1)]);
  };

  body.addEventListener("click", (click) => {
    if (click.metaKey || click.ctrlKey || click.shiftKey) return;
    const row = click.target.closest("tr");
    if (row) click.preventDefault();
    select(row);
  });
  for (const button of panel.querySelectorAll("[data-unit-step]")) {
    button.addEventListener("click", () => step(Number(button.dataset.unitStep)));
  }
  document.addEventListener("keydown", (press) => {
    if (press.target.closest("input, select, textarea") || press.metaKey || press.ctrlKey || press.altKey) return;
    if (press.key === "j") step(1);
    if (press.key === "k") step(-1);
  });
  event?.addEventListener("change", () => select(current()));
  panel.addEventListener("chart:pick", (pick) => {
    const unit = pick.detail.cluster_id;
    if (unit !== undefined) select(body.querySelector(`tr[data-unit="${CSS.escape(unit)}"]`));
  });

  for (const head of panel.querySelectorAll("th[data-sort]")) {
    head.querySelector("button").addEventListener("click", () => {
      const descending = head.getAttribute("aria-sort") !== "descending";
      for (const other of panel.querySelectorAll("th[aria-sort]")) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      const key = (row) => row.cells[head.cellIndex].dataset.value;
      const order = (a, b) => {
        const [x, y] = [key(a), key(b)];
        if (x === "" || y === "") return (x === "") - (y === "");
        const difference = isNaN(x) || isNaN(y) ? x.localeCompare(y) : Number(x) - Number(y);
        return descending ? -difference : difference;
      };
      body.append(...rows().sort(order));
      scrollTo(current() ?? rows()[0]);
    });
  }

  const first = current() ?? body.rows[0];
  if (first) select(first, { remember: false });
}
