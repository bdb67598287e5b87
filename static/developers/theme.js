/* Swagger UI is dark in a document of a class, which follows the page's colours. */
const { content } = document.querySelector("meta[name=color-scheme]");
const dark = matchMedia("(prefers-color-scheme: dark)");
const follow = () =>
  document.documentElement.classList.toggle("dark-mode", content === "dark" || (content !== "light" && dark.matches));
dark.addEventListener("change", follow);
follow();
