/* The list of conversations: its menus, its focus, and showing it on narrow screens. */
"use strict";

{
  const button = document.getElementById("show-sidebar");
  const sidebar = document.getElementById("sidebar");
  const list = document.getElementById("conversations");
  const openMenus = () => [...list.querySelectorAll(".menu[open]")];

  function show(open) {
    sidebar.classList.toggle("open", open);
    button.setAttribute("aria-expanded", String(open));
  }

  button.addEventListener("click", () => show(!sidebar.classList.contains("open")));

  document.addEventListener("click", ({ target }) => {
    for (const menu of openMenus()) if (!menu.contains(target)) menu.open = false;
  });

  /** Close what is open; return whether anything was. */
  function close(target) {
    const cancel = target.closest(".rename")?.querySelector("[data-cancel]");
    if (cancel) return cancel.click(), true;
    const menus = openMenus();
    for (const menu of menus) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    if (menus.length) return true;
    if (!sidebar.classList.contains("open")) return false;
    show(false);
    button.focus();
    return true;
  }

  // In the capture phase: Escape closes these before it stops an answer.
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "Escape" && close(event.target)) event.preventDefault();
    },
    true,
  );

  // A list that is fetched anew must not take away what somebody is about to use.
  document.body.addEventListener("htmx:before:swap", (event) => {
    const busy = list.querySelector(".rename, .menu[open]");
    if (event.target.id === "search" && event.target !== document.activeElement && busy) {
      event.preventDefault();
    }
  });

  // Focus comes back to the entry that was swapped, or to the one in its place.
  let last = null;
  list.addEventListener("focusin", ({ target }) => {
    const entry = target.closest("li");
    last = { id: entry.id, index: [...list.children].indexOf(entry) };
  });
  new MutationObserver(() => {
    const open = list.querySelector("[aria-current]");
    if (open) document.title = document.getElementById("title").textContent = open.textContent;
    if (last === null || document.activeElement !== document.body) return;
    const entry = document.getElementById(last.id) ?? list.children[last.index] ?? list.lastElementChild;
    const found = entry?.querySelector("input, summary, a, button");
    (found ?? sidebar.querySelector("a")).focus();
  }).observe(list, { childList: true });
}
