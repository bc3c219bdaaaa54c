// Lists: how many rows are chosen, all of a page at once, and what to save and export follows the address.
const list = document.getElementById("list");
const picks = () => [...list.querySelectorAll("input[name=rows]")];

function count() {
  const bar = document.getElementById("bulk");
  if (!bar) return;
  const chosen = picks().filter((box) => box.checked).length;
  const all = bar.querySelector("[name=scope]");
  bar.classList.toggle("some", chosen > 0 || Boolean(all?.checked));
  bar.querySelector("[data-said]").textContent = all?.checked ? "All rows chosen" : `${chosen} chosen`;
  const every = list.querySelector("[data-pick-all]");
  every.hidden = false;
  every.checked = chosen > 0 && chosen === picks().length;
  every.indeterminate = chosen > 0 && !every.checked;
}

let last = null;
list.addEventListener("click", (event) => {
  const box = event.target.closest("input[name=rows]");
  if (!box) return;
  const boxes = picks();
  if (event.shiftKey && last && boxes.includes(last)) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    boxes.slice(from, to + 1).forEach((one) => { one.checked = box.checked; });
  }
  last = box;
});
list.addEventListener("change", (event) => {
  if (event.target.matches("[data-pick-all]")) picks().forEach((box) => { box.checked = event.target.checked; });
  count();
});
function follow() {
  count();
  for (const field of document.querySelectorAll("[data-query]")) field.value = location.search;
  for (const link of document.querySelectorAll("#files a")) link.href = link.href.split("?")[0] + location.search;
}
document.addEventListener("htmx:afterSettle", follow);
document.addEventListener("htmx:pushedIntoHistory", follow);
count();
