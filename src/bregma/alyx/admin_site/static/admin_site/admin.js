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
