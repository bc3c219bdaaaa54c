// The page of the API: show only the operations that hold every word that was typed, and open the one of the address.
const field = document.getElementById("api-find");
const found = document.getElementById("api-found");
const groups = [...document.querySelectorAll(".api-group")];

function choose() {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const group of groups) {
    let some = false;
    for (const operation of group.querySelectorAll(".api-op")) {
      const text = operation.querySelector("summary").textContent.toLowerCase();
      const fits = words.every((word) => text.includes(word));
      operation.hidden = !fits;
      some ||= fits;
      shown += fits ? 1 : 0;
    }
    group.hidden = !some;
  }
  found.textContent = words.length ? `${shown} ${shown === 1 ? "operation" : "operations"}` : "";
}
field.addEventListener("input", choose);
choose();
