// What the admin's theme leaves without a name: said to those who listen instead of look.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const unnamed = "a, button, input:not([type=hidden]), select, textarea";
  for (const part of document.querySelectorAll(unnamed)) {
    const named = part.getAttribute("aria-label") || part.getAttribute("aria-labelledby") || part.title || part.labels?.length;
    if (named || (part.textContent.trim() && !part.matches("select, textarea") && !part.querySelector(".material-symbols-outlined"))) continue;
    const icon = part.querySelector(".material-symbols-outlined")?.textContent.trim();
    const words = part.placeholder || part.dataset.placeholder || part.name || (icon && icon.replaceAll("_", " "));
    if (words && !part.textContent.trim().replace(icon || "", "").trim()) part.setAttribute("aria-label", words.replaceAll("_", " "));
  }
});

// Searched relations draw their own boxes, at any time: each takes the name of its field.
function nameBoxes() {
  for (const box of document.querySelectorAll(".select2-container:not([data-named])")) {
    const field = box.parentElement.querySelector("select");
    const label = field?.id && document.querySelector(`label[for="${field.id}"]`);
    const words = label?.textContent.trim() || (field?.name || "").split("__")[0].replaceAll("_", " ") || "Search";
    box.dataset.named = "yes";
    for (const part of box.querySelectorAll("[role=combobox], [role=textbox], input")) {
      part.removeAttribute("aria-labelledby");
      part.setAttribute("aria-label", words);
    }
  }
}
document.addEventListener("DOMContentLoaded", () => {
  nameBoxes();
  new MutationObserver(nameBoxes).observe(document.body, { childList: true, subtree: true });
  for (const stray of document.querySelectorAll("ul.object-tools > :not(li)")) {
    const item = document.createElement("li");
    stray.replaceWith(item);
    item.append(stray);
  }
});
