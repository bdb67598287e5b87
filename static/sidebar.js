/* The list of conversations: its menus, and showing it on narrow screens. */
"use strict";

{
  const button = document.getElementById("show-sidebar");
  const sidebar = document.getElementById("sidebar");
  const openMenus = () => document.querySelectorAll(".menu[open]");

  button.addEventListener("click", () => {
    const open = sidebar.classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
  });

  document.addEventListener("click", ({ target }) => {
    for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false;
  });

  // In the capture phase: Escape closes a menu before it stops an answer.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") return;
      for (const menu of openMenus()) {
        menu.open = false;
        menu.querySelector("summary").focus();
        event.preventDefault();
      }
    },
    true,
  );
}
